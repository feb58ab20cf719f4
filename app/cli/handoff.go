package cli

type handoffCmd struct {
	Import handoffImportCmd `cmd:"" help:"Make projects of specifications of Spec Kit or OpenSpec."`
}
