package cli

import (
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"plumbline/app/owner"
)

// commands is what every command line may hold.
type commands struct {
	JSON bool `help:"Print the objects of the domain as JSON; errors too, on standard error."`
}

// command is one command, before its arguments are read into cmd.
type command struct {
	group, name, help string
	cmd               any
}

// allCommands lists the commands in the order of the help.
func allCommands() []command {
	return []command{
		{"projects", "new", "Start a project.", &newCmd{}},
		{"projects", "list", "List the projects, the one worked on last first.", &listCmd{}},
		{"projects", "status", "Show where a project stands and what comes next.", &statusCmd{}},
		{"projects", "rename", "Give a project another name.", &renameCmd{}},
		{"projects", "history", "List the moments of a project, or show it as it was at one.", &historyCmd{}},

		{"library", "prompt", "List, fill, copy, run and edit prompts of the library.", &promptCmd{}},
		{"library", "workflow", "List and check workflows.", &workflowCmd{}},

		{"runs", "set", "Fill variables of a phase's prompt.", &setCmd{}},
		{"runs", "run", "Run a phase's prompt on a model, or by copy and paste.", &runCmd{}},
		{"runs", "runs", "List the runs of a project.", &runsCmd{}},
		{"runs", "answer", "Print the answer of a run.", &answerCmd{}},
		{"runs", "review", "Compare an answer with the current document.", &reviewCmd{}},
		{"runs", "accept", "Make a new version of an answer, or of parts of it.", &acceptCmd{}},
		{"runs", "discard", "Close an answer without taking anything.", &discardCmd{}},

		{"documents", "artifact", "List, show, compare, save and restore documents.", &artifactCmd{}},
		{"documents", "blame", "Say of every passage who wrote it: a person, or a model with its prompt.", &blameCmd{}},
		{"documents", "search", "Look for words in every version of the documents.", &searchCmd{}},
		{"documents", "tick", "Tick boxes of a document, or list them.", &tickCmd{}},
		{"documents", "untick", "Take ticks back.", &untickCmd{}},
		{"documents", "waive-box", "Waive a box with a reason.", &waiveBoxCmd{}},
		{"documents", "render", "Turn a Markdown file into safe HTML.", &renderCmd{}},
		{"documents", "parse", "Print what is read from a text: findings, steps, boxes, features.", &parseCmd{}},

		{"gates", "gate", "Judge a gate: what is met, what is missing.", &gateCmd{}},
		{"gates", "sign", "Sign the current version of a phase's document.", &signCmd{}},
		{"gates", "unsign", "Withdraw a sign-off.", &unsignCmd{}},
		{"gates", "pass", "Pass an open gate.", &passCmd{}},
		{"gates", "waive", "Pass a closed gate with a reason.", &waiveCmd{}},
		{"gates", "reopen", "Take the pass of a gate back.", &reopenCmd{}},
		{"gates", "unfreeze", "Open a frozen document again; its gate reopens.", &unfreezeCmd{}},
		{"gates", "open-for-change", "Open a frozen document for a change request; its gate reopens.", &openForChangeCmd{}},
		{"gates", "stale", "Say what has changed since a document was made.", &staleCmd{}},
		{"gates", "still-valid", "Say that a stale document holds all the same.", &stillValidCmd{}},
		{"gates", "looked", "Say that you have looked at what an audit claims and does not list.", &lookedCmd{}},
		{"gates", "approve", "Approve the current version of a release.", &approveCmd{}},
		{"gates", "promote", "Say that the release is in production: its bake time begins.", &promoteCmd{}},
		{"gates", "healthy", "Mark the figures of what is in production as healthy.", &healthyCmd{}},
		{"gates", "rollback", "Say that the release was taken back.", &rollbackCmd{}},
		{"gates", "findings", "List, decide, merge, split and export the findings of audits.", &findingsCmd{}},

		{"work", "next", "Say the one thing to do now, and why.", &nextCmd{}},
		{"work", "step", "List, show, run, paste and settle the steps of the plan.", &stepCmd{}},
		{"work", "check", "Keep how a command ended, as evidence.", &checkCmd{}},
		{"work", "refine", "Ask for a better answer in the same thread.", &refineCmd{}},
		{"work", "restart", "Start a thread over with a better specification.", &restartCmd{}},
		{"work", "round", "Tell where the rounds stand, or begin the next one.", &roundCmd{}},
		{"work", "time", "Show or set the time that phases and steps took.", &timeCmd{}},

		{"data", "verify", "Look for damage in the database and in the histories.", &verifyCmd{}},
		{"data", "backup", "Write everything into one file.", &backupCmd{}},
		{"data", "restore", "Put a backup in the place of everything.", &restoreCmd{}},
		{"data", "export", "Write one project into a file.", &exportCmd{}},
		{"data", "handoff", "Hand projects to other tools, or take in what those have specified.", &handoffsCmd{}},
		{"data", "import", "Take in a project that was exported.", &importCmd{}},
		{"data", "repair", "Put damaged data right.", &repairCmd{}},
		{"data", "rebuild", "Make a lost database anew from the histories.", &rebuildCmd{}},
		{"data", "maintain", "Tidy up the data now.", &maintainCmd{}},

		{"setup", "models", "Show whether models can be reached, and which.", &modelsCmd{}},
		{"setup", "settings", "Show or change the settings.", &settingsCmd{}},
		{"setup", "doctor", "Check what is installed, reachable and writable.", &doctorCmd{}},
		{"setup", "serve", "Serve the pages to a browser of this machine.", &serveCmd{}},
		{"setup", "version", "Print the version.", &versionCmd{}},
		{"setup", "help", "Explain a command.", &helpCmd{}},
	}
}

// chosen returns the command that is called, or all of them when the arguments
// name none: to read what nobody asked for takes longer than most commands.
func chosen(all []command, args []string) []command {
	for _, list := range [][]command{all, ownCommands()} {
		for i, c := range list {
			if len(args) > 0 && c.name == args[0] {
				return list[i : i+1]
			}
		}
	}
	return all
}

// ownCommands are those that Plumbline calls itself. The help does not list them.
func ownCommands() []command {
	return []command{
		{"", owner.ExamineCommand, "", &examineCmd{}},
		{"", owner.SalvageCommand, "", &salvageCmd{}},
	}
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

func newParser(root *commands, env Env, args []string, exit func(int)) (*kong.Kong, error) {
	options := []kong.Option{
		kong.Name("plumbline"),
		kong.Description(description),
		kong.Writers(env.Stdout, env.Stderr),
		kong.Exit(exit),
		kong.ExplicitGroups([]kong.Group{
			{Key: "projects", Title: "Projects"},
			{Key: "library", Title: "Library"},
			{Key: "runs", Title: "Runs"},
			{Key: "documents", Title: "Documents and boxes"},
			{Key: "gates", Title: "Gates"},
			{Key: "work", Title: "The work itself"},
			{Key: "data", Title: "Your data"},
			{Key: "setup", Title: "Around it"},
		}),
		kong.ConfigureHelp(kong.HelpOptions{
			Compact: true, NoExpandSubcommands: true, FlagsLast: true, NoAppDescFormat: true, WrapUpperBound: 100,
		}),
		kong.Help(printHelp),
	}
	for _, c := range chosen(allCommands(), args) {
		options = append(options, kong.DynamicCommand(c.name, c.help, c.group, c.cmd))
	}
	return kong.New(root, options...)
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
