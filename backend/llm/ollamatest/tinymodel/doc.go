// Package tinymodel makes a small but genuine language model whose answers are
// written by hand, so that tests can run a real server and know what it will say.
//
// The model is one block of an ordinary "llama" transformer. Its weights are not
// learned but set, so that each part of the block does one thing:
//
//   - Following a script. An answer is cut into pieces, and each piece is a token
//     of its own with a number. The embedding of a piece spells its number as
//     six digits. The output row of a piece spells the number of the piece
//     before it, counting a right digit for and a wrong one against. So the piece
//     that follows always has by far the highest score, at any temperature.
//   - Hearing a trigger. Each script has a channel that its trigger words set. The
//     attention looks at all of the prompt alike (queries and keys are zero) and
//     brings the mean of every channel to the place where the answer begins.
//   - Choosing. There, and only there, the feed-forward layer turns a channel that
//     heard anything, however faintly, into one fixed strong value: the difference
//     of two neurons with the same steep slope, one of which starts later. The
//     first piece of each script listens to its channel, later scripts more than
//     earlier ones, and the first script answers when nothing else does.
//
// A trigger that the server has cut off the prompt is not heard. So a test also
// learns whether the whole prompt has reached the model.
//
// The rest of the vocabulary are common parts of English and of code (byte pair
// encoding, merges.txt), which hold nothing but make prompts about as many tokens
// as other models make of them: 3.5 to 4 bytes each.
package tinymodel
