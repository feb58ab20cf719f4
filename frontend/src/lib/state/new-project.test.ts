import { describe, expect, it, vi } from 'vitest';
import { ApiError, type NewProject, type Project, type Workflow } from '../api';
import { NewProjectForm, type Shelf } from './new-project.svelte';

const workflow: Workflow = { id: 'idea-to-production', title: 'Idea to production', summary: '', phases: [], loop: { phases: [], cap: 0, ends: '' }, triggers: [], source: 'built-in' };
const project: Project = { id: '01A', slug: 't', name: 'Tidewatch', summary: '', workflowId: workflow.id, createdAt: '', updatedAt: '' };

function shelf(): Shelf & { kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}

function setUp(on = shelf()) {
  const create = vi.fn<(wish: NewProject) => Promise<Project>>().mockResolvedValue(project);
  const form = new NewProjectForm(async () => [workflow], create, on);
  return { form, create, on };
}

const file = (name: string, text: string, size = text.length) => ({ name, size, text: async () => text });

function fill(form: NewProjectForm, name = 'Tidewatch', idea = 'Tides without a network.'): void {
  form.name = name;
  form.idea = idea;
  form.typed('name');
}

describe('NewProjectForm', () => {
  it('sends what was typed and forgets it then', async () => {
    const { form, create, on } = setUp();
    await form.load();
    fill(form, '  Tidewatch ');
    expect(await form.submit()).toBe(project);
    expect(create).toHaveBeenCalledWith({ name: 'Tidewatch', idea: 'Tides without a network.', workflowId: workflow.id });
    expect(form.empty).toBe(true);
    expect(on.kept.size).toBe(0);
  });

  it('proposes the workflow that most projects follow, and offers the others after it', async () => {
    const others = ['agent-task', 'harden'].map((id) => ({ ...workflow, id }));
    const form = new NewProjectForm(async () => [...others, workflow], async () => project, shelf());
    await form.load();
    expect(form.workflowId).toBe('idea-to-production');
    expect(form.workflows?.map((one) => one.id)).toEqual(['idea-to-production', 'harden', 'agent-task']);
  });

  it('sends nothing without a name or an idea, and says so beside each', async () => {
    const { form, create } = setUp();
    expect(await form.submit()).toBeUndefined();
    expect(create).not.toHaveBeenCalled();
    expect(form.errors).toMatchObject({ name: expect.any(String), idea: expect.any(String) });
  });

  it('refuses an idea over 256 KB before sending, counted in bytes', async () => {
    const { form, create } = setUp();
    fill(form, 'Long', 'é'.repeat((128 << 10) + 1));
    await form.submit();
    expect(create).not.toHaveBeenCalled();
    expect(form.errors.idea).toContain('256 KB');
  });

  it('takes an idea of exactly 256 KB', async () => {
    const { form, create } = setUp();
    fill(form, 'Long', 'a'.repeat(256 << 10));
    await form.submit();
    expect(create).toHaveBeenCalledOnce();
  });

  it('keeps everything when the backend refuses, and puts the reason where it belongs', async () => {
    const { form, create } = setUp();
    fill(form);
    create.mockRejectedValueOnce(new ApiError('conflict', 'There is a project called Tidewatch already.', 'Choose another name.'));
    await form.submit();
    expect(form.errors.name).toBe('There is a project called Tidewatch already. Choose another name.');
    expect(form.idea).toBe('Tides without a network.');
    expect(form.busy).toBe(false);
    create.mockRejectedValueOnce(new ApiError('conflict', 'There is already a project named “My idea”.', 'Choose another name.'));
    await form.submit();
    expect(Object.keys(form.errors)).toEqual(['name']);
    create.mockRejectedValueOnce(new ApiError('limit', 'The idea is 10 MB long.', 'Keep what the software should do.'));
    await form.submit();
    expect(Object.keys(form.errors)).toEqual(['idea']);
  });

  it('shows other errors above the button', async () => {
    const { form, create } = setUp();
    fill(form);
    create.mockRejectedValueOnce(new ApiError('unavailable', 'The disk is full.'));
    await form.submit();
    expect(form.errors.form?.message).toBe('The disk is full.');
    expect(form.name).toBe('Tidewatch');
  });

  it('does not send twice', async () => {
    const { form, create } = setUp();
    fill(form);
    await Promise.all([form.submit(), form.submit()]);
    expect(create).toHaveBeenCalledOnce();
  });

  it('remembers what was typed after leaving the page', () => {
    const { form, on } = setUp();
    fill(form);
    const again = setUp(on).form;
    expect([again.name, again.idea]).toEqual(['Tidewatch', 'Tides without a network.']);
  });

  it('begins anew when what it kept is damaged', () => {
    const on = shelf();
    on.setItem('plumbline.new-project', '{"name":');
    expect(setUp(on).form.name).toBe('');
  });

  it('still works when the shelf is full', () => {
    const on = shelf();
    on.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    const { form } = setUp(on);
    expect(() => fill(form)).not.toThrow();
  });

  it('reads the idea from a file, and a name from its name', async () => {
    const { form } = setUp();
    await form.read(file('harbour-master.md', '\ufeffBerths.'));
    expect([form.name, form.idea, form.file?.name]).toEqual(['Harbour master', 'Berths.', 'harbour-master.md']);
  });

  it('keeps a name that was typed', async () => {
    const { form } = setUp();
    form.name = 'Mine';
    await form.read(file('other.txt', 'Berths.'));
    expect(form.name).toBe('Mine');
  });

  it.each([
    ['another kind of file', file('idea.pdf', 'x'), 'idea.pdf is not a .md or .txt file.'],
    ['a file that is too large', file('idea.md', 'x', 300 << 10), '256 KB'],
    ['a file that is not text', file('idea.txt', 'a\u0000b'), 'UTF-8'],
  ])('refuses %s and keeps what is there', async (_, wrong, reason) => {
    const { form } = setUp();
    fill(form);
    await form.read(wrong);
    expect(form.errors.idea).toContain(reason);
    expect(form.idea).toBe('Tides without a network.');
  });

  it('begins with the way from an idea to production, whatever comes first', async () => {
    const list = ['agent-task', 'mine', 'harden', 'idea-to-production'].map((id) => ({ ...workflow, id }));
    const form = new NewProjectForm(async () => list, async () => project, shelf());
    await form.load();
    expect(form.workflows?.map((one) => one.id)).toEqual(['idea-to-production', 'harden', 'agent-task', 'mine']);
    expect(form.workflowId).toBe('idea-to-production');
  });
});
