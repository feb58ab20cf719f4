import type { Handoff, HandoffAsk, Project } from '../types';

/** What a project becomes in a format, as far as a page needs to show it. */
export function fakeHandoff(project: Project, { format, phase }: Pick<HandoffAsk, 'format' | 'phase'>): Handoff {
  const { slug, name } = project;
  const of = phase ? `${slug}-${phase}` : slug;
  const paths: Record<string, string[]> = {
    markdown: [`${of}.md`],
    agents: ['AGENTS.md'],
    zip: [`${of}/README.md`, `${of}/documents/request.md`, `${of}/prompts/02-request.md`, `${of}/gates.md`, `${of}/findings.md`],
    speckit: ['spec.md', 'plan.md', 'tasks.md', 'checklists/requirements.md'].map((file) => `specs/001-${slug}/${file}`),
    openspec: ['proposal.md', 'design.md', 'tasks.md', `specs/${slug}/spec.md`].map((file) => `openspec/changes/${slug}/${file}`),
  };
  const files = (paths[format] ?? []).map((path) => {
    const content = `# ${name}\n\nThis is ${path}.\n`;
    return { path, content, size: content.length, state: '' };
  });
  const [only] = files;
  return {
    format,
    name: format === 'zip' ? `${of}-handoff.zip` : files.length === 1 && only ? only.path : `${slug}-${format}.zip`,
    files,
    notes: format === 'markdown' ? [] : ['This format knows no gates: where they stand is left out.'],
    path: '',
    size: files.reduce((sum, file) => sum + file.size, 0),
  };
}
