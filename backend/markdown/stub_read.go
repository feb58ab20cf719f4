package markdown

import "plumbline/backend/workflow"

func Findings(string) workflow.FindingsRead { return workflow.FindingsRead{} }
