// Package store keeps everything Plumbline knows in one bbolt file, the truth
// that the git histories are projected from.
//
// A write is one transaction. It holds the records, the bodies and, when a page
// of a project changed, one outbox record with every input of the git commit
// that will show it. The write is acknowledged when the transaction returns; the
// drainer of package engine publishes the outbox later and reports back through
// [Store.Drained].
//
// # Files
//
//	<dir>/lock                flock, held as long as the store is open
//	<dir>/plumbline.db        the database
//	<dir>/plumbline.db.open   there while it is open, and after an exit that was not clean
//	<dir>/plumbline.db.new    a database being made; renamed when it is whole
//	<dir>/plumbline.db.copy   a copy being made; renamed when it is whole
//	<dir>/plumbline.db.schema-<n>.bak   the database as it was before its schema was changed
//	<dir>/projects/<id>/history.git     written by package history
//
// # Schema, version 3
//
// Version 1 had no candidate_open, version 2 no shelf_file, finding and filing; see migrations.
//
// Keys are texts; parts are joined by NUL, numbers are decimal with leading
// zeros, so that they sort. A value is a format byte, the CRC32C of key and
// payload, and the payload: JSON, or plain text where marked.
//
//	├─ meta
//	│  ├─ schema                            : {"version", "createdAt"}
//	├─ project                              projected
//	│  ├─ <project>                         : Project
//	├─ run                                  projected, once ended
//	│  ├─ <run>                             : Run
//	├─ run_by_project                       derived
//	│  ├─ <project> <run>                   : (empty)
//	├─ run_active                           derived; states that are not final
//	│  ├─ <run>                             : (empty)
//	├─ run_text                             projected, once the run has ended
//	│  ├─ <run> prompt|answer|thinking      : text
//	├─ chunk                                local; journal of a stream
//	│  ├─ <run> <part> <number>             : text
//	├─ candidate                            projected
//	│  ├─ <run>                             : Candidate
//	├─ candidate_by_project                 derived
//	│  ├─ <project> <run>                   : (empty)
//	├─ candidate_open                       derived; those that are still to be decided
//	│  ├─ <project> <run>                   : (empty)
//	├─ version                              projected
//	│  ├─ <project> <path> <number>         : Version
//	├─ head                                 derived; the current version
//	│  ├─ <project> <path>                  : number
//	├─ body                                 derived; pruned once git has it, but for the head
//	│  ├─ <project> <path> <number>         : text
//	├─ page                                 derived; every path of a project, to refuse clashes
//	│  ├─ <project> <path in lower case>    : path
//	├─ gate_record                          projected
//	│  ├─ <project> <number>                : GateRecord
//	├─ tick                                 projected
//	│  ├─ <project> <path>                  : {item key: Tick}
//	├─ variable                             projected
//	│  ├─ <project> <phase>                 : {name: value}
//	├─ effort                               projected
//	│  ├─ <project> <phase> <step>          : Effort; the step may be empty
//	├─ finding                              projected
//	│  ├─ <project> <finding>               : Finding
//	├─ filing                               projected; the audits that findings come from
//	│  ├─ <project> <filing>                : Filing
//	├─ git_head                             derived; the commit that was drained last
//	│  ├─ <project>                         : object name
//	├─ outbox                               local; commits that git does not have yet
//	│  ├─ <seq>                             : Commit
//	├─ draft                                local
//	│  ├─ <project> <path>                  : Draft
//	├─ shelf_file                           local; files of the user's library, as last seen
//	│  ├─ <path>                            : ShelfFile
//	├─ setting                              local
//	│  ├─ settings                          : Settings
//	├─ calibration                          local; bytes a token, learned
//	│  ├─ <model>                           : ratio
//	└─ num_ctx                              local; largest window asked for
//	   ├─ <model>                           : tokens
//
// # What goes to git
//
// Every bucket is declared once, in [declarations]. A record of a *projected*
// bucket is written to the project's repository, so that the database can be
// rebuilt from it; a *derived* one follows from projected records and from git;
// a *local* one stays on this machine. Projected records are files
//
//	.plumbline/<kind>/<last two of id>/<id>.json
//	.plumbline/run_text/<last two of id>/<id>/<part>.md
//
// where the id is the record's own or, for records that are kept by path or
// phase, a hash of it. The file of a version holds the current one of its path;
// older ones are in the commits before. Pages for people (documents, gates.md,
// runs/…, project.md) are noted by the caller with [Tx.AddVersion] and [Tx.File].
// [Store.NewRebuild] is the way back.
//
// # What is promised
//
// A write that was acknowledged is there after a kill and after a power cut. To
// that end the names in the folder are synced before the first write that rests
// on them, see syncNames; bbolt syncs the rest. Damage is found, never taken for
// data: [Open] looks at what bbolt reads when it starts, every value that is read
// has its checksum, and a damaged page is an error, not a crash.
//
//   - After an exit that was not clean, Open has the file examined, see
//     [Options.Check] and [Inspect]. [Store.Verify] examines an open database.
//   - [Salvage] saves what can be read of a damaged one; what git has, a rebuild
//     brings back, after [Store.Forget] of what is broken.
//   - [Store.Snapshot] is a backup, [CheckSnapshot] its proof.
//   - [Store.Compact] gives free pages back when nobody is at work.
package store
