// The data as a whole, in the fake: its backups, and projects as files.
import type { Api } from '../client';
import { ApiError } from '../error';
import type { Backup } from '../types';
import type { World } from './world';

const folder = '/home/ada/.local/share/plumbline/backups';

export function fakeData(world: World): Api['data'] {
  const backup = (at: Date, auto: boolean): Backup => ({
    path: `${folder}/${auto ? 'auto' : 'plumbline'}-${at.toISOString().replace(/[-:]|\.\d+/g, '')}.zip`,
    at: at.toISOString(),
    size: 1_840_000,
    auto,
  });
  let backups = world.works.size === 0 ? [] : [3, 27, 51].map((hours) => backup(new Date(Date.now() - hours * 3_600_000), true));

  return {
    backups: async () => backups,
    backUp: async () => {
      const made = backup(new Date(), false);
      backups = [made, ...backups];
      return made;
    },
    verify: async (_signal, tell) => {
      const names = [...world.works.values()].map((work) => `History of ${work.project.name}`);
      const titles = ['Database', ...names];
      titles.forEach((title, done) => tell({ done, total: titles.length, title }));
      return titles.map((title) => ({ id: title, title, state: 'ok', message: 'It is whole.', hint: '' }));
    },
    exportTo: async (id, path) => ({ ...backup(new Date(), false), path: `${path}#${world.work(id).project.slug}` }),
    download: async (id) => new Blob([JSON.stringify(world.work(id).project)]),
    importFrom: async (path) => {
      throw new ApiError('not_found', `There is no file ${path}.`);
    },
    upload: async (file, name) => {
      if (!name) throw new ApiError('conflict', `“${file.name}” is here already, with everything that is in the file.`);
      return world.add(name, 'Imported').project;
    },
  };
}
