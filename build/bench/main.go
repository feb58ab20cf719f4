// Command bench measures Plumbline against named references in the same run,
// and prints ratios, so that a slow or a busy machine does not change the verdict.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

// subject is a group of rows that are measured together.
type subject struct {
	name    string
	measure func(context.Context, *workshop) ([]row, error)
}

func subjects() []subject {
	return []subject{
		{"stream", measureStream}, {"render", measureRender}, {"window", measureWindow},
		{"size", measureSize}, {"save", measureSave}, {"drain", measureDrain},
		{"disk", measureDisk}, {"past", measurePast}, {"open", measureOpen}, {"growth", measureGrowth}, {"library", measureLibrary}, {"gates", measureGates},
	}
}

// settings are what the command line asks for.
type settings struct {
	chosen []subject
	rounds int
	strict bool
	json   bool
	data   string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code, err := start(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
	}
	os.Exit(code)
}

// start measures, or does what another process measures.
func start(ctx context.Context, args []string) (code int, err error) {
	if len(args) == 1 && args[0] == workArgument {
		if err := work(ctx, os.Stdin, os.Stdout); err != nil {
			return 1, err
		}
		return 0, nil
	}
	return run(ctx, args, os.Stdout, os.Stderr)
}

// run measures what the arguments choose. It returns 1 when measuring did not
// work, and when a strict run does not meet every goal; else 0.
func run(ctx context.Context, args []string, out, progress io.Writer) (code int, err error) {
	s, err := parse(args, progress)
	if errors.Is(err, flag.ErrHelp) {
		return 0, nil
	}
	if err != nil {
		return 2, err
	}
	shop, err := openWorkshop(ctx, s.rounds, progress)
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, shop.close()) }()
	shop.data = s.data
	shop.warn()
	rows := []row{}
	for _, subject := range s.chosen {
		fmt.Fprintf(progress, "bench: %s\n", subject.name)
		measured, err := subject.measure(ctx, shop)
		if err != nil {
			return 1, fmt.Errorf("%s: %w", subject.name, err)
		}
		rows = append(rows, measured...)
	}
	if err := write(out, rows, s.json); err != nil {
		return 1, err
	}
	if s.strict && slices.ContainsFunc(rows, row.fails) {
		return 1, errors.New("not every goal was met")
	}
	return 0, nil
}

func parse(args []string, progress io.Writer) (settings, error) {
	s := settings{}
	names := []string{}
	for _, subject := range subjects() {
		names = append(names, subject.name)
	}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(progress)
	wanted := flags.String("rows", strings.Join(names, ","), "what to measure, with commas between")
	flags.IntVar(&s.rounds, "n", 5, "how often everything is measured; short things are measured more often")
	flags.StringVar(&s.data, "data", "", "a folder that keeps the data of the rows about much data for the next time")
	flags.BoolVar(&s.strict, "strict", false, "exit with 1 when a goal is missed, or a row could not be run")
	flags.BoolVar(&s.json, "json", false, "print JSON instead of a table")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if s.rounds < 1 || flags.NArg() > 0 {
		return s, errors.New("-n must be 1 or more, and there are no other arguments")
	}
	for name := range strings.SplitSeq(*wanted, ",") {
		i := slices.Index(names, strings.TrimSpace(name))
		if i < 0 {
			return s, fmt.Errorf("there are no rows %q; there are %s", name, strings.Join(names, ", "))
		}
		s.chosen = append(s.chosen, subjects()[i])
	}
	return s, nil
}

func write(out io.Writer, rows []row, asJSON bool) error {
	if !asJSON {
		return writeTable(out, rows)
	}
	records := []record{}
	for _, r := range rows {
		records = append(records, r.record())
	}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(records)
}
