/** One fact of a project as the form asks for it. */
export interface FactField {
  name: string;
  label: string;
  hint: string;
  example: string;
  kind: 'line' | 'text' | 'date' | 'pack';
}

export interface FactGroup {
  title: string;
  intro: string;
  fields: FactField[];
}

const line = (name: string, label: string, hint: string, example: string): FactField => ({ name, label, hint, example, kind: 'line' });
const text = (name: string, label: string, hint: string, example: string): FactField => ({ ...line(name, label, hint, example), kind: 'text' });

/** What a project can say of itself; the names are those of the backend. */
export const factGroups: FactGroup[] = [
  {
    title: 'What it is',
    intro: 'Asked by most prompts. With these filled, they stop guessing.',
    fields: [
      { ...line('pack', 'Domain', 'Sets feature, volume, standard, failure classes and compliance areas where you say nothing yourself.', ''), kind: 'pack' },
      { ...line('launch', 'Launch date', 'The pre-launch review is due 7 days before it, the post-launch review 30 days after it.', ''), kind: 'date' },
      text('stack', 'Stack', 'Languages, frameworks and versions.', 'Go 1.26, standard library only; SQLite'),
      text('modules', 'Modules', 'The parts of the code, and what each is for.', 'harmonic: predicts heights\nstation: the catalogue'),
      text('schema', 'Data schema', 'Tables or documents, with their keys.', 'station(id, name, datum), constituent(station_id, …)'),
      line('auth', 'Authentication', 'How people and programs prove who they are.', 'Sessions by cookie; API keys for programs'),
      text('constraints', 'Constraints', 'What must not change, and what is forbidden.', 'Runs without a network; one binary'),
    ],
  },
  {
    title: 'How you work',
    intro: 'Conventions that an answer has to follow, and where things are kept.',
    fields: [
      text('conventions', 'Conventions', 'Names, formatting, tests, errors.', 'Table tests beside the code; errors wrapped once a layer'),
      line('branching', 'Branches', 'How branches are named and merged.', 'feature/…, squashed into main'),
      line('secrets', 'Secrets store', 'Where secrets live. Never the secrets themselves.', 'Vault, path kv/tidewatch'),
    ],
  },
  {
    title: 'How it runs',
    intro: 'Read by the audits, by release and by go-live.',
    fields: [
      text('environments', 'Environments', 'Where it runs, and how they differ.', 'staging: one machine; production: three, two zones'),
      line('alerts', 'Alert channel', 'Where alerts reach somebody who reads them.', '#tidewatch-alerts'),
      text('slos', 'SLOs', 'What is promised, and over which time.', '99.9 % of answers under 300 ms over 30 days'),
      text('kpis', 'KPIs', 'What tells that it is worth it.', 'Predictions asked for each day; share without an error'),
      line('volume', 'Volume', 'What comes in on a usual day.', '10,000 requests a day'),
    ],
  },
];
