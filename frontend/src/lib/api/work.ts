// The calls about the work itself: the steps of the plan, rounds, threads and time.
import * as Work from '../../../wailsjs/go/api/Work';
import { bound } from './bound';
import { data, segment as s } from './http';
import type { CheckResult, EffortRow, NewCheck, PlanView, PromptText, Refinement, Restart, Run, StepDetail, StepOrder, Thread, Version } from './types';

const step = (project: string, number: string, rest = ''): string => `projects/${s(project)}/steps/${s(number)}${rest}`;

export const work = {
  plan: (project: string) => data<PlanView>('GET', `projects/${s(project)}/plan`),
  step: (project: string, number: string) => data<StepDetail>('GET', step(project, number)),
  stepPrompt: (project: string, number: string, model?: string) => data<PromptText>('GET', step(project, number, '/prompt'), { model }),
  runStep: (project: string, number: string, order: StepOrder) => data<Run>('POST', step(project, number, '/run'), {}, order),
  /** Makes the next steps of findings, by their ids, and schedules these for them. Returns the new version of the plan. */
  addSteps: (project: string, findings: string[]) => data<Version>('POST', `projects/${s(project)}/steps`, {}, { findings }),
  /** Makes it done, skipped (with a reason) or open. */
  markStep: bound(Work.MarkStep),
  check: (project: string, result: NewCheck) => data<CheckResult>('POST', `projects/${s(project)}/checks`, {}, result),
  /** The results of checks of the whole project, the newest first. */
  checks: (project: string) => data<CheckResult[]>('GET', `projects/${s(project)}/checks`),
  /** Where the rounds of a phase, or of the loop that it is in, stand. */
  round: bound(Work.Round),
  /** Past the advised number of rounds it needs a reason, else that may be empty. */
  beginRound: bound(Work.BeginRound),
  /** The threads of a phase, or of a step of it, the newest first. */
  threads: (project: string, phase: string, step: string) => data<Thread[]>('GET', `projects/${s(project)}/threads`, { phase, step }),
  refine: (run: string, wish: Refinement) => data<Run>('POST', `runs/${s(run)}/refine`, {}, wish),
  restart: (run: string, wish: Restart) => data<Run>('POST', `runs/${s(run)}/restart`, {}, wish),
  /** Takes what a thread has taught into the document, and ends the thread. */
  startOver: bound(Work.StartOver),
  touch: bound(Work.Touch),
  efforts: (project: string) => data<EffortRow[]>('GET', `projects/${s(project)}/effort`),
  /** In seconds. */
  correct: bound(Work.Correct),
  /** In minutes: with a model and without one. */
  estimate: bound(Work.Estimate),
};
