package cli

import (
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// commands is the command line as a whole.
type commands struct {
	JSON bool `help:"Print the objects of the domain as JSON; errors too, on standard error."`

	New     newCmd     `cmd:"" group:"projects" help:"Start a project."`
	List    listCmd    `cmd:"" group:"projects" help:"List the projects, the one worked on last first."`
	Status  statusCmd  `cmd:"" group:"projects" help:"Show where a project stands and what comes next."`
	Rename  renameCmd  `cmd:"" group:"projects" help:"Give a project another name."`
	History historyCmd `cmd:"" group:"projects" help:"List the moments of a project, or show it as it was at one."`

	Prompt  promptCmd  `cmd:"" group:"runs" help:"Print the prompt of a phase as it will be sent."`
	Set     setCmd     `cmd:"" group:"runs" help:"Fill variables of a phase's prompt."`
	Run     runCmd     `cmd:"" group:"runs" help:"Run a phase's prompt on a model, or by copy and paste."`
	Runs    runsCmd    `cmd:"" group:"runs" help:"List the runs of a project."`
	Answer  answerCmd  `cmd:"" group:"runs" help:"Print the answer of a run."`
	Review  reviewCmd  `cmd:"" group:"runs" help:"Compare an answer with the current document."`
	Accept  acceptCmd  `cmd:"" group:"runs" help:"Make a new version of an answer, or of parts of it."`
	Discard discardCmd `cmd:"" group:"runs" help:"Close an answer without taking anything."`

	Artifact artifactCmd `cmd:"" group:"documents" help:"List, show, compare, save and restore documents."`
	Blame    blameCmd    `cmd:"" group:"documents" help:"Say of every passage who wrote it: a person, or a model with its prompt."`
	Search   searchCmd   `cmd:"" group:"documents" help:"Look for words in every version of the documents."`
	Tick     tickCmd     `cmd:"" group:"documents" help:"Tick boxes of a document, or list them."`
	Untick   untickCmd   `cmd:"" group:"documents" help:"Take ticks back."`
	WaiveBox waiveBoxCmd `cmd:"" group:"documents" help:"Waive a box with a reason."`
	Render   renderCmd   `cmd:"" group:"documents" help:"Turn a Markdown file into safe HTML."`

	Gate       gateCmd       `cmd:"" group:"gates" help:"Judge a gate: what is met, what is missing."`
	Sign       signCmd       `cmd:"" group:"gates" help:"Sign the current version of a phase's document."`
	Unsign     unsignCmd     `cmd:"" group:"gates" help:"Withdraw a sign-off."`
	Pass       passCmd       `cmd:"" group:"gates" help:"Pass an open gate."`
	Waive      waiveCmd      `cmd:"" group:"gates" help:"Pass a closed gate with a reason."`
	Reopen     reopenCmd     `cmd:"" group:"gates" help:"Take the pass of a gate back."`
	Unfreeze   unfreezeCmd   `cmd:"" group:"gates" help:"Open a frozen document again; its gate reopens."`
	StillValid stillValidCmd `cmd:"" group:"gates" help:"Say that a stale document holds all the same."`

	Models   modelsCmd   `cmd:"" group:"setup" help:"Show whether models can be reached, and which."`
	Settings settingsCmd `cmd:"" group:"setup" help:"Show or change the settings."`
	Doctor   doctorCmd   `cmd:"" group:"setup" help:"Check what is installed, reachable and writable."`
	Serve    serveCmd    `cmd:"" group:"setup" help:"Serve the pages to a browser of this machine."`
	Version  versionCmd  `cmd:"" group:"setup" help:"Print the version."`
	Help     helpCmd     `cmd:"" group:"setup" help:"Explain a command."`
}

// helpCmd is there to be listed; helpArgs turns it into --help.
type helpCmd struct {
	Command []string `arg:"" optional:"" help:"The command to explain."`
}

const description = `From idea to production, true at every phase.

Plumbline takes a piece of software through phases. Each phase turns documents
into the next one, on a local model or by copy and paste, and ends at a gate.

  plumbline new "Book club" --idea "A site where book clubs vote"
  plumbline run book-club request
  plumbline accept book-club request
  plumbline gate book-club

PROJECT is an id, a short name, or the beginning of either. PHASE is an id as
“plumbline status” shows it. The data folder is that of $PLUMBLINE_HOME, else
the usual one of the system.`

func newParser(root *commands, env Env, exit func(int)) (*kong.Kong, error) {
	return kong.New(root,
		kong.Name("plumbline"),
		kong.Description(description),
		kong.Writers(env.Stdout, env.Stderr),
		kong.Exit(exit),
		kong.ExplicitGroups([]kong.Group{
			{Key: "projects", Title: "Projects"},
			{Key: "runs", Title: "Prompts and runs"},
			{Key: "documents", Title: "Documents and boxes"},
			{Key: "gates", Title: "Gates"},
			{Key: "setup", Title: "Around it"},
		}),
		kong.ConfigureHelp(kong.HelpOptions{
			Compact: true, NoExpandSubcommands: true, FlagsLast: true, NoAppDescFormat: true, WrapUpperBound: 100,
		}),
		kong.Help(printHelp),
	)
}

// printHelp prints the usual help, and the examples of a command under it.
func printHelp(options kong.HelpOptions, ctx *kong.Context) error {
	if err := kong.DefaultHelpPrinter(options, ctx); err != nil {
		return err
	}
	node := ctx.Selected()
	if node == nil || !node.Target.CanAddr() {
		return nil
	}
	shown, ok := node.Target.Addr().Interface().(interface{ examples() []string })
	if !ok {
		return nil
	}
	_, err := io.WriteString(ctx.Stdout, "\nExamples:\n  "+strings.Join(shown.examples(), "\n  ")+"\n")
	return err
}
