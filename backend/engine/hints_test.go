package engine

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// TestErrorsShowTheWayOut reads the source: every error that is made for a
// person says what to do about it. Only for our own mistakes there is nothing to say.
func TestErrorsShowTheWayOut(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	made := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		hinted := map[ast.Expr]bool{}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			fun, ok := call.Fun.(*ast.SelectorExpr)
			switch {
			case !ok:
			case fun.Sel.Name == "WithHint":
				hinted[fun.X] = true
			case fun.Sel.Name == "Errorf" && isName(fun.X, "workflow"):
				made++
				code, _ := call.Args[0].(*ast.SelectorExpr)
				if !hinted[call] && (code == nil || code.Sel.Name != "Internal") {
					t.Errorf("%s: an error without a way out", set.Position(call.Pos()))
				}
			}
			return true
		})
	}
	if made < 40 {
		t.Errorf("only %d errors found: does this test still read them?", made)
	}
}

func isName(x ast.Expr, name string) bool {
	id, ok := x.(*ast.Ident)
	return ok && id.Name == name
}
