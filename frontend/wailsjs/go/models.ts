export namespace api {
	
	export interface DataShapes {
	    document: workflow.Document;
	    draft: workflow.Draft;
	    diff: workflow.VersionDiff;
	    log: workflow.Log;
	    blame: workflow.Blame;
	    heading: workflow.Heading;
	    moment: workflow.Moment;
	    projectAt: workflow.ProjectAt;
	    search: workflow.SearchUpdate;
	    verify: workflow.VerifyUpdate;
	    prompt: workflow.PromptText;
	    runDetail: workflow.RunDetail;
	    runBlocks: workflow.RunBlocks;
	    review: workflow.CandidateReview;
	    accept: workflow.AcceptCandidate;
	    paste: workflow.PastedAnswer;
	    save: workflow.SaveDocument;
	    newProject: workflow.NewProject;
	    owner: workflow.OwnerInfo;
	    shelf: workflow.Shelf;
	    promptDetail: workflow.PromptDetail;
	    savePrompt: workflow.SavePrompt;
	    promptOrder: workflow.PromptOrder;
	    filled: workflow.FilledPrompt;
	    hit: workflow.PromptHit;
	    given: workflow.Given;
	    next: workflow.NextPrompt;
	    promptBatch: workflow.PromptBatch;
	    upgrade: workflow.Upgrade;
	    importFile: workflow.ImportFile;
	    import: workflow.ImportPreview;
	    findings: workflow.FindingList;
	    findingQuery: workflow.FindingQuery;
	    finding: workflow.FindingDetail;
	    findingAct: workflow.FindingAct;
	    findingSplit: workflow.FindingSplit;
	    ledger: workflow.Ledger;
	    findingFile: workflow.FindingExport;
	    exportAsk: workflow.ExportPrompts;
	    ownChecklist: workflow.OwnChecklist;
	    tickOwn: workflow.TickOwn;
	    export: workflow.Exported;
	    handoff: workflow.Handoff;
	    handoffAsk: workflow.HandoffAsk;
	    handoffFrom: workflow.HandoffSource;
	    handoffFound: workflow.HandoffPreview;
	    plan: workflow.PlanView;
	    step: workflow.StepDetail;
	    stepOrder: workflow.StepOrder;
	    newSteps: workflow.NewSteps;
	    threads: workflow.Thread;
	    refinement: workflow.Refinement;
	    restart: workflow.Restart;
	    check: workflow.CheckResult;
	    effort: workflow.EffortRow;
	    proof: workflow.Proof;
	    staleness: workflow.Staleness;
	}

}

export namespace workflow {
	
	export interface AcceptCandidate {
	    all: boolean;
	    sections: number[];
	    merge: boolean;
	    body: string;
	    base: number;
	    message: string;
	}
	export interface AppInfo {
	    version: string;
	    epoch: string;
	    dataDir: string;
	    platform: string;
	    door: string;
	}
	export interface Author {
	    kind: string;
	    name: string;
	}
	export interface Version {
	    projectId: string;
	    path: string;
	    number: number;
	    kind: string;
	    author: Author;
	    at: string;
	    message: string;
	    runId: string;
	    basisId: string;
	    hash: string;
	    basisHash: string;
	    size: number;
	    words: number;
	    added: number;
	    removed: number;
	    commit: string;
	    blob: string;
	    lost?: boolean;
	}
	export interface Artifact {
	    projectId: string;
	    path: string;
	    title: string;
	    phase: string;
	    current: Version;
	    frozen: boolean;
	    stale: boolean;
	    behind: number;
	    hasDraft: boolean;
	}
	export interface ArtifactAt {
	    path: string;
	    title: string;
	    phase: string;
	    version: Version;
	    now: number;
	    same: boolean;
	}
	
	export interface Backup {
	    path: string;
	    at: string;
	    size: number;
	    auto: boolean;
	}
	export interface SharedFinding {
	    title: string;
	    severity: string;
	    category: string;
	    where: string;
	    problem: string;
	    fix: string;
	    by: string[];
	}
	export interface Error {
	    code: string;
	    message: string;
	    hint?: string;
	}
	export interface ContextPart {
	    label: string;
	    path: string;
	    version: number;
	    bytes: number;
	    tokens: number;
	}
	export interface ContextPlan {
	    parts: ContextPart[];
	    prompt: number;
	    reserve: number;
	    window: number;
	    limit: number;
	    fits: boolean;
	    over: number;
	}
	export interface Parameters {
	    temperature: number;
	    numCtx: number;
	    numPredict: number;
	}
	export interface Input {
	    name: string;
	    path: string;
	    version: number;
	    part?: string;
	    hash: string;
	}
	export interface Given {
	    runId: string;
	    projectId: string;
	    path: string;
	    version: number;
	    text?: string;
	    title: string;
	    hash: string;
	}
	export interface Run {
	    id: string;
	    projectId: string;
	    phase: string;
	    kind: string;
	    parentId: string;
	    state: string;
	    provider: string;
	    model: string;
	    modelDigest: string;
	    promptId: string;
	    promptRevision: string;
	    step?: string;
	    output: string;
	    promptPath: string;
	    given?: Given;
	    persona: string;
	    batchId: string;
	    promptHash: string;
	    promptSize: number;
	    inputs: Input[];
	    variables: Record<string, string>;
	    parameters: Parameters;
	    context: ContextPlan;
	    createdAt: string;
	    startedAt: string;
	    firstAt: string;
	    endedAt: string;
	    promptTokens: number;
	    answerTokens: number;
	    loadMillis: number;
	    promptMillis: number;
	    answerMillis: number;
	    answerSize: number;
	    thinkingSize: number;
	    contractTotal: number;
	    doneReason: string;
	    cut: boolean;
	    unfinished: boolean;
	    missing: string[];
	    error?: Error;
	}
	export interface Batch {
	    id: string;
	    projectId: string;
	    runs: Run[];
	    findings: SharedFinding[];
	    notes: string[];
	    done: boolean;
	    markdown: string;
	    html: string;
	}
	export interface Origin {
	    author: Author;
	    version: Version;
	    runId: string;
	    promptId: string;
	    promptRevision: string;
	}
	export interface Passage {
	    kind: string;
	    line: number;
	    lines: number;
	    text: string;
	    origin: number;
	}
	export interface Blame {
	    version: Version;
	    passages: Passage[];
	    origins: Origin[];
	    since: number;
	}
	export interface Candidate {
	    runId: string;
	    projectId: string;
	    phase: string;
	    path: string;
	    state: string;
	    base: number;
	    version: number;
	    createdAt: string;
	    decidedAt: string;
	}
	export interface Move {
	    title: string;
	    oldLine: number;
	    newLine: number;
	    lines: number;
	    added: number;
	    removed: number;
	}
	export interface Segment {
	    text: string;
	    changed: boolean;
	}
	export interface DiffRow {
	    oldLine: number;
	    newLine: number;
	    old: Segment[];
	    new: Segment[];
	    tick: string;
	}
	export interface Hunk {
	    same: boolean;
	    move: number;
	    rows: DiffRow[];
	}
	export interface Diff {
	    added: number;
	    removed: number;
	    ticked: number;
	    unticked: number;
	    hunks: Hunk[];
	    moves: Move[];
	}
	export interface SectionChange {
	    id: number;
	    title: string;
	    kind: string;
	    diff: Diff;
	    since: string;
	    clash: boolean;
	    take: boolean;
	}
	export interface CandidateReview {
	    candidate: Candidate;
	    run: Run;
	    current: Version;
	    moved: boolean;
	    edited: boolean;
	    base: Version;
	    merges: boolean;
	    sections: SectionChange[];
	    added: number;
	    removed: number;
	}
	export interface Cause {
	    path: string;
	    part: string;
	    from: number;
	    to: number;
	    hash: string;
	    via: string;
	}
	export interface CauseDetail {
	    cause: Cause;
	    sentence: string;
	    diff: Diff;
	}
	export interface ChainLink {
	    kind: string;
	    title: string;
	    runId: string;
	    path: string;
	    at: string;
	    state: string;
	}
	export interface Check {
	    id: string;
	    title: string;
	    state: string;
	    message: string;
	    hint: string;
	}
	export interface CheckResult {
	    step: string;
	    command: string;
	    exit: number;
	    output: string;
	    path: string;
	    version: number;
	    by: Author;
	    at: string;
	}
	export interface Condition {
	    id: string;
	    kind: string;
	    title: string;
	    state: string;
	    value: string;
	    done: number;
	    total: number;
	    missing: string;
	    action: string;
	    note: string;
	    doubt: string;
	    judged: boolean;
	    path: string;
	    section: string;
	    index: number;
	    do: string;
	    causes: Cause[];
	    findings: string[];
	    until?: string;
	}
	export interface SmallFixes {
	    max: number;
	    worst: string;
	}
	export interface ConditionRule {
	    id: string;
	    kind: string;
	    title: string;
	    path: string;
	    section: string;
	    max: number;
	    items: string[];
	    limits: Record<string, number>;
	    allow: string[];
	    phrase: string;
	    or?: SmallFixes;
	    hours: number;
	    help: string;
	}
	
	
	export interface ContractSection {
	    title: string;
	    also: string[];
	    tasks: number;
	    items: number;
	    prefix: string;
	}
	export interface Contract {
	    reads: string;
	    none: string;
	    sections: ContractSection[];
	    phrase: string;
	}
	
	export interface Delta {
	    runId: string;
	    offset: number;
	    text: string;
	    blocks: number;
	    blocksEnd: number;
	    thinking: boolean;
	    tokens: number;
	}
	
	
	export interface Evidence {
	    kind: string;
	    text: string;
	    exit: number;
	    output: string;
	    ref: string;
	    inputs: Input[];
	}
	export interface Tick {
	    state: string;
	    by: Author;
	    at: string;
	    reason: string;
	    evidence?: Evidence;
	    was?: string;
	}
	export interface Item {
	    index: number;
	    offset: number;
	    line: number;
	    depth: number;
	    section: string;
	    text: string;
	    marked: boolean;
	    key: string;
	    state: string;
	    tick?: Tick;
	}
	export interface Document {
	    artifact: Artifact;
	    version: Version;
	    markdown: string;
	    html: string;
	    items: Item[];
	}
	export interface Draft {
	    projectId: string;
	    path: string;
	    base: number;
	    body: string;
	    at: string;
	}
	export interface Due {
	    every: string;
	    launch: number;
	}
	export interface DueItem {
	    kind: string;
	    id: string;
	    title: string;
	    phase: string;
	    promptId: string;
	    why: string;
	    help: string;
	    at: string;
	    newRound: boolean;
	}
	export interface Effort {
	    projectId: string;
	    phase: string;
	    step: string;
	    seconds: number;
	    correction: number;
	    estimate: number;
	    without: number;
	    touchedAt: string;
	}
	export interface EffortRow {
	    effort: Effort;
	    title: string;
	    worked: number;
	    runs: number;
	    promptTokens: number;
	    answerTokens: number;
	    modelMillis: number;
	}
	
	export interface FindingClaim {
	    total: number;
	    bySeverity: Record<string, number>;
	    text: string;
	    start: number;
	    end: number;
	}
	export interface Filing {
	    id: string;
	    projectId: string;
	    phase: string;
	    round: number;
	    runId: string;
	    path: string;
	    version: number;
	    hash: string;
	    listed: Record<string, number>;
	    claims: FindingClaim[];
	    mismatch: string;
	    phrase: string;
	    notes: string[];
	    lookedAt: string;
	    at: string;
	}
	export interface LedgerSummary {
	    total: number;
	    byState: Record<string, number>;
	    open: Record<string, number>;
	    doubtful: number;
	}
	export interface LedgerNews {
	    ids: string[];
	    summary: LedgerSummary;
	    filing?: Filing;
	}
	export interface LibraryNews {
	    ids: string[];
	}
	export interface Raise {
	    projectId: string;
	}
	export interface Notice {
	    level: string;
	    message: string;
	    hint: string;
	}
	export interface Settings {
	    theme: string;
	    textSize: string;
	    ollamaUrl: string;
	    defaultModel: string;
	    authorName: string;
	    openQuestions: number;
	    singleKeys: boolean;
	    dailyBackups: number;
	    weeklyBackups: number;
	    practice: boolean;
	    refinements: number;
	    refinementsWarn: number;
	    stepFiles: number;
	    chatUrl: string;
	}
	export interface ModelInfo {
	    name: string;
	    digest: string;
	    size: number;
	    parameters: string;
	    quantization: string;
	    contextLength: number;
	    loaded: boolean;
	    loadedContext: number;
	    remote: boolean;
	    thinking: boolean;
	}
	export interface ModelStatus {
	    url: string;
	    running: boolean;
	    version: string;
	    models: ModelInfo[];
	    default: string;
	    message: string;
	    hint: string;
	    checkedAt: string;
	}
	export interface GateRecord {
	    id: string;
	    projectId: string;
	    phase: string;
	    action: string;
	    by: Author;
	    at: string;
	    reason: string;
	    waived: string[];
	    seen: Record<string, number>;
	    path: string;
	    hash: string;
	    causes: Cause[];
	    thread?: string;
	    check?: CheckResult;
	}
	export interface Gate {
	    projectId: string;
	    phase: string;
	    title: string;
	    next: string;
	    nextTitle: string;
	    state: string;
	    conditions: Condition[];
	    missing: number;
	    open: boolean;
	    measured: boolean;
	    sentence: string;
	    canSign: boolean;
	    canApprove: boolean;
	    canPromote: boolean;
	    signed: boolean;
	    frozen: boolean;
	    version: number;
	    passed?: GateRecord;
	}
	export interface ToDo {
	    projectId: string;
	    project: string;
	    kind: string;
	    text: string;
	    why: string;
	    phase: string;
	    step: string;
	    runId: string;
	    promptId: string;
	    path: string;
	    command: string;
	    due: DueItem[];
	}
	export interface PhaseStatus {
	    id: string;
	    title: string;
	    summary: string;
	    kind: string;
	    prompted: boolean;
	    output: string;
	    strip: boolean;
	    optional: boolean;
	    state: string;
	    ahead: boolean;
	    version: number;
	    stale: boolean;
	    behind: number;
	    cause: string;
	    frozen: boolean;
	    runId: string;
	    runState: string;
	    candidateId: string;
	    missing: number;
	    total: number;
	    done: number;
	    boxes: number;
	}
	export interface Project {
	    id: string;
	    slug: string;
	    name: string;
	    summary: string;
	    workflowId: string;
	    createdAt: string;
	    updatedAt: string;
	}
	export interface Overview {
	    project: Project;
	    workflowTitle: string;
	    phases: PhaseStatus[];
	    current: string;
	    next: string;
	    toDo: ToDo;
	    gateOpen: boolean;
	}
	export interface Event {
	    epoch: string;
	    seq: number;
	    projectId: string;
	    overview?: Overview;
	    artifact?: Artifact;
	    run?: Run;
	    candidate?: Candidate;
	    gate?: Gate;
	    models?: ModelStatus;
	    settings?: Settings;
	    delta?: Delta;
	    notice?: Notice;
	    raise?: Raise;
	    library?: LibraryNews;
	    ledger?: LedgerNews;
	}
	export interface EventBatch {
	    epoch: string;
	    seq: number;
	    resync: boolean;
	    events: Event[];
	}
	
	export interface Excerpt {
	    text: string;
	    found: boolean;
	}
	export interface ExportPrompts {
	    ids: string[];
	    format: string;
	    folder: string;
	    file: string;
	    over: boolean;
	}
	export interface ExportedFile {
	    path: string;
	    content: string;
	}
	export interface Exported {
	    format: string;
	    files: ExportedFile[];
	    lost: string[];
	    path: string;
	}
	
	export interface FiledAudit {
	    filing: Filing;
	    new: Record<string, number>;
	    known: number;
	    returned: number;
	    doubtful: number;
	}
	
	export interface PromptSpan {
	    name: string;
	    start: number;
	    end: number;
	}
	export interface Variable {
	    name: string;
	    type: string;
	    label: string;
	    help: string;
	    required: boolean;
	    default: string;
	    options: string[];
	    source: string;
	    example: string;
	}
	export interface FilledVariable {
	    variable: Variable;
	    value: string;
	    from: string;
	    label: string;
	    path: string;
	    version: number;
	    tokens: number;
	    missing: boolean;
	}
	export interface FilledPrompt {
	    promptId: string;
	    projectId: string;
	    title: string;
	    variables: FilledVariable[];
	    missing: string[];
	    text: string;
	    spans: PromptSpan[];
	    hash: string;
	    size: number;
	    context: ContextPlan;
	    model: string;
	}
	
	export interface Sighting {
	    filing: string;
	    phase: string;
	    round: number;
	    runId: string;
	    path: string;
	    persona: string;
	    number: string;
	    title: string;
	    severity: string;
	    category: string;
	    location: string;
	    status: string;
	    returned: boolean;
	    byHand: boolean;
	    at: string;
	}
	export interface Finding {
	    id: string;
	    projectId: string;
	    number: string;
	    title: string;
	    severity: string;
	    judged: boolean;
	    category: string;
	    location: string;
	    problem: string;
	    fix: string;
	    verify: string;
	    fingerprint: string;
	    state: string;
	    reason: string;
	    step: string;
	    date: string;
	    commit: string;
	    duplicateOf: string;
	    doubt: string;
	    sightings: Sighting[];
	    createdAt: string;
	    changedAt: string;
	    by: Author;
	}
	export interface FindingAct {
	    verb: string;
	    ids: string[];
	    reason: string;
	    step: string;
	    date: string;
	    commit: string;
	    severity: string;
	    into: string;
	}
	
	export interface FindingDetail {
	    finding: Finding;
	    duplicates: Finding[];
	    other: Finding;
	}
	export interface FindingExport {
	    name: string;
	    type: string;
	    text: string;
	}
	export interface FindingList {
	    findings: Finding[];
	    total: number;
	    summary: LedgerSummary;
	}
	export interface FindingQuery {
	    severities: string[];
	    states: string[];
	    category: string;
	    phase: string;
	    round: number;
	    words: string;
	    doubtful: boolean;
	    offset: number;
	    limit: number;
	}
	export interface FindingSplit {
	    id: string;
	    sightings: number[];
	    title: string;
	}
	
	
	
	export interface HandoffFile {
	    path: string;
	    size: number;
	    content: string;
	    state: string;
	}
	export interface Handoff {
	    format: string;
	    name: string;
	    files: HandoffFile[];
	    notes: string[];
	    path: string;
	    size: number;
	}
	export interface HandoffAsk {
	    format: string;
	    phase: string;
	    to: string;
	    over: boolean;
	    dry: boolean;
	}
	export interface HandoffDocument {
	    path: string;
	    phase: string;
	    size: number;
	    text: string;
	}
	
	export interface HandoffItem {
	    name: string;
	    folder: string;
	    format: string;
	    project: string;
	    clash: boolean;
	    documents: HandoffDocument[];
	    kept: string[];
	    added: string[];
	    dropped: string[];
	    inert: string[];
	    duplicate: string;
	    archived: boolean;
	    take: boolean;
	}
	export interface LibraryProblem {
	    file: string;
	    line: number;
	    message: string;
	    hint: string;
	    doubt: boolean;
	}
	export interface HandoffPreview {
	    items: HandoffItem[];
	    problems: LibraryProblem[];
	}
	export interface ImportFile {
	    path: string;
	    content: string;
	    base64: boolean;
	}
	export interface HandoffSource {
	    path: string;
	    files: ImportFile[];
	    choose: string[];
	}
	export interface Heading {
	    title: string;
	    level: number;
	    line: number;
	}
	
	
	export interface ImportItem {
	    file: string;
	    format: string;
	    id: string;
	    title: string;
	    path: string;
	    text: string;
	    variables: string[];
	    extra: string[];
	    dropped: string[];
	    inert: string[];
	    duplicate: string;
	    replaces: string;
	    clash: boolean;
	    take: boolean;
	}
	export interface ImportPreview {
	    items: ImportItem[];
	    problems: LibraryProblem[];
	}
	
	
	export interface LedgerRound {
	    phase: string;
	    round: number;
	    paths: string[];
	    at: string;
	    new: Record<string, number>;
	    known: number;
	    returned: number;
	    mismatch: boolean;
	}
	export interface LedgerCurve {
	    rounds: LedgerRound[];
	    plateau: boolean;
	    growing: boolean;
	    sentence: string;
	}
	export interface Ledger {
	    projectId: string;
	    summary: LedgerSummary;
	    curve: LedgerCurve;
	    filings: FiledAudit[];
	    categories: string[];
	}
	
	
	
	
	
	
	export interface LogLine {
	    versions: Version[];
	    added: number;
	    removed: number;
	    signed: boolean;
	}
	export interface Log {
	    path: string;
	    lines: LogLine[];
	    total: number;
	    next: number;
	}
	
	export interface Loop {
	    phases: string[];
	    cap: number;
	    ends: string;
	}
	export interface Milestone {
	    number: string;
	    title: string;
	    start: number;
	    end: number;
	    line: number;
	}
	
	
	export interface Moment {
	    id: string;
	    title: string;
	    phase: string;
	    action: string;
	    by: Author;
	    at: string;
	}
	
	export interface NewProject {
	    name: string;
	    idea: string;
	    workflowId: string;
	}
	export interface NewSteps {
	    findings: string[];
	}
	export interface NextPrompt {
	    kind: string;
	    default: string;
	    prompts: string[];
	}
	
	
	
	export interface OwnChecklist {
	    id: string;
	    title: string;
	    version: number;
	    html: string;
	    items: Item[];
	    done: number;
	}
	export interface OwnerInfo {
	    pid: number;
	    version: string;
	    door: string;
	    since: string;
	}
	export interface Pack {
	    id: string;
	    title: string;
	    summary: string;
	    feature: string;
	    volume: string;
	    standard: string;
	    dependency: string;
	    events: string;
	    failures: string[];
	    compliance: string[];
	    text: string;
	    source: string;
	    base: string;
	    revision: string;
	    file: string;
	}
	
	
	export interface PastedAnswer {
	    text: string;
	    model: string;
	    anyway: boolean;
	}
	export interface Persona {
	    id: string;
	    title: string;
	    summary: string;
	    text: string;
	    source: string;
	    base: string;
	    revision: string;
	    file: string;
	}
	export interface Phase {
	    id: string;
	    title: string;
	    summary: string;
	    kind: string;
	    prompt: string;
	    prompts: string[];
	    inputs: string[];
	    output: string;
	    template: string;
	    strip: boolean;
	    optional: boolean;
	    freezes: boolean;
	    gate: ConditionRule[];
	}
	export interface PhasePrompt {
	    projectId: string;
	    phase: string;
	    promptId: string;
	    title: string;
	    summary: string;
	    revision: string;
	    variables: FilledVariable[];
	    missing: string[];
	    hash: string;
	    size: number;
	    context: ContextPlan;
	    model: string;
	}
	
	export interface PlanEdge {
	    from: number;
	    to: number;
	    wrong: boolean;
	}
	export interface PlanMilestone {
	    milestone: Milestone;
	    settled: number;
	    total: number;
	    complete: boolean;
	    completeAt: string;
	}
	export interface PlanProblem {
	    kind: string;
	    steps: number[];
	    text: string;
	}
	export interface Step {
	    number: string;
	    title: string;
	    task: string;
	    files: string[];
	    depends: string[];
	    effort: string;
	    risk: string;
	    riskWhy: string;
	    tags: string[];
	    tests: string;
	    covers: string[];
	    user: string;
	    details: string[];
	    milestone: number;
	    parallel: boolean;
	    marked: boolean;
	    box: number;
	    mark: number;
	    start: number;
	    end: number;
	    line: number;
	}
	export interface PlanStep {
	    step: Step;
	    state: string;
	    item: string;
	    tick?: Tick;
	    waits: string[];
	    problems: number[];
	    output: string;
	    version: number;
	    runId: string;
	    runState: string;
	    candidateId: string;
	    thread: string;
	    refinements: number;
	}
	export interface PlanView {
	    projectId: string;
	    phase: string;
	    path: string;
	    version: number;
	    title: string;
	    steps: PlanStep[];
	    milestones: PlanMilestone[];
	    edges: PlanEdge[];
	    problems: PlanProblem[];
	    uncovered: string[];
	    notes: string[];
	    current: number;
	    settled: number;
	    settledAt: string;
	}
	export interface Practice {
	    promptId: string;
	    title: string;
	    summary: string;
	    projectId: string;
	    project: string;
	    rhythm: string;
	    lastAt: string;
	    lastRun: string;
	    dueAt: string;
	    due: boolean;
	}
	
	export interface ProjectAt {
	    project: Project;
	    at: string;
	    moment: Moment;
	    artifacts: ArtifactAt[];
	    phases: PhaseStatus[];
	    current: string;
	}
	export interface PromptOrder {
	    promptId: string;
	    prompt: string;
	    projectId: string;
	    values: Record<string, string>;
	    given?: Given;
	    persona: string;
	    model: string;
	}
	export interface PromptBatch {
	    order: PromptOrder;
	    personas: string[];
	}
	export interface PromptCard {
	    id: string;
	    title: string;
	    summary: string;
	    phase: string;
	    group: string;
	    tags: string[];
	    source: string;
	    path: string;
	    overlays: boolean;
	    behind: boolean;
	    favourite: boolean;
	    meta: boolean;
	    tokens: number;
	    uses: number;
	    usedAt: string;
	    version: number;
	}
	export interface PromptDetail {
	    card: PromptCard;
	    purpose: string;
	    variables: Variable[];
	    contract: Contract;
	    takes: string[];
	    follows: string[];
	    due: Due;
	    reserve: number;
	    revision: string;
	    text: string;
	    body: string;
	    html: string;
	    lint: string[];
	    origin: string;
	}
	export interface PromptHit {
	    id: string;
	    title: number[];
	    summary: number[];
	}
	
	
	export interface PromptText {
	    prompt: PhasePrompt;
	    text: string;
	    spans: PromptSpan[];
	}
	export interface Proof {
	    path: string;
	    offset: number;
	    version: number;
	    evidence: Evidence;
	}
	
	export interface Refinement {
	    off: string[];
	    output: string;
	    notes: string;
	    files: string;
	    answers: string;
	    reason: string;
	    model: string;
	    copy: boolean;
	}
	export interface Restart {
	    why: string;
	    notes: string;
	    model: string;
	    copy: boolean;
	}
	export interface Restored {
	    version: Version;
	    stale: string[];
	}
	export interface RoundStatus {
	    phase: string;
	    phases: string[];
	    number: number;
	    cap: number;
	    ends: string;
	    ready: boolean;
	    why: string;
	    over: boolean;
	    verdict: string;
	    advice: string;
	    curve: LedgerRound[];
	}
	
	export interface RunBlock {
	    start: number;
	    end: number;
	    html: string;
	}
	export interface RunBlocks {
	    run: Run;
	    from: number;
	    blocks: RunBlock[];
	    end: number;
	    tail: string;
	    thinking: string;
	    html: string;
	}
	export interface RunDetail {
	    run: Run;
	    candidate: Candidate;
	    prompt: string;
	    answer: string;
	    thinking: string;
	    html: string;
	}
	export interface SaveDocument {
	    path: string;
	    base: number;
	    body: string;
	    message: string;
	    keepDraft?: boolean;
	}
	export interface SavePrompt {
	    text: string;
	    message: string;
	    base: number;
	}
	export interface SearchRange {
	    from: number;
	    fromAt: string;
	    to: number;
	    toAt: string;
	    current: boolean;
	    line: number;
	    excerpt: Excerpt[];
	}
	export interface SearchHit {
	    path: string;
	    title: string;
	    section: string;
	    ranges: SearchRange[];
	}
	export interface SearchProgress {
	    done: number;
	    total: number;
	    hits: SearchHit[];
	}
	
	export interface SearchResult {
	    terms: string[];
	    versions: number;
	    hits: SearchHit[];
	    more: boolean;
	}
	export interface SearchUpdate {
	    progress?: SearchProgress;
	    result?: SearchResult;
	    error?: Error;
	}
	
	
	
	
	export interface Shelf {
	    prompts: PromptCard[];
	    problems: LibraryProblem[];
	    personas: Persona[];
	    packs: Pack[];
	    removed: PromptCard[];
	    dir: string;
	}
	
	
	export interface Staleness {
	    projectId: string;
	    path: string;
	    runId: string;
	    causes: CauseDetail[];
	    prompt: string;
	    kept: GateRecord[];
	}
	
	export interface Thread {
	    id: string;
	    projectId: string;
	    phase: string;
	    step: string;
	    title: string;
	    runs: Run[];
	    refinements: number;
	    limit: number;
	    warnAt: number;
	    warning: string;
	    full: boolean;
	    overridden: string;
	    over: boolean;
	    next: string;
	    questions: string[];
	}
	export interface StepDetail {
	    step: PlanStep;
	    text: string;
	    html: string;
	    thread: Thread;
	    older: Thread[];
	    checks: CheckResult[];
	    effort: EffortRow;
	}
	export interface StepOrder {
	    values: Record<string, string>;
	    model: string;
	    copy: boolean;
	}
	
	
	export interface TickOwn {
	    id: string;
	    offset: number;
	    version: number;
	    done: boolean;
	}
	
	export interface TriggerAfter {
	    milestone: boolean;
	    tags: string[];
	    steps: string;
	}
	export interface Trigger {
	    id: string;
	    title: string;
	    prompt: string;
	    phase: string;
	    help: string;
	    after: TriggerAfter;
	}
	
	export interface Upgrade {
	    card: PromptCard;
	    from: string;
	    yours: string;
	    builtIn: string;
	    theirs: Diff;
	    own: Diff;
	    merged: string;
	    conflicts: string[];
	}
	
	export interface VerifyProgress {
	    done: number;
	    total: number;
	    title: string;
	}
	export interface VerifyUpdate {
	    progress?: VerifyProgress;
	    checks?: Check[];
	    error?: Error;
	}
	
	export interface VersionDiff {
	    from: Version;
	    to: Version;
	    diff: Diff;
	}
	export interface Workflow {
	    id: string;
	    title: string;
	    summary: string;
	    phases: Phase[];
	    loop: Loop;
	    triggers: Trigger[];
	    source: string;
	}

}

