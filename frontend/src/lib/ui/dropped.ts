// Files that a person chose or dropped, with their paths within a folder.

export interface PathFile {
  path: string;
  file: File;
}

/** A folder of more files than this was not meant. */
const most = 5000;

/** The files of a field, a folder with the paths within it. */
export function chosenFiles(input: HTMLInputElement): PathFile[] {
  const files = [...(input.files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
  input.value = ''; // the same can be chosen again
  return files;
}

/** What was dropped; folders with all that is in them and is wanted. */
export async function droppedFiles(transfer: DataTransfer, wanted: (path: string) => boolean = () => true): Promise<PathFile[]> {
  // The entries have to be taken at once: the transfer is empty after the event.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return [...transfer.files].map((file) => ({ path: file.name, file }));
  const found: PathFile[] = [];
  for (const entry of entries) await walk(entry, found, wanted);
  return found;
}

async function walk(entry: FileSystemEntry, found: PathFile[], wanted: (path: string) => boolean): Promise<void> {
  if (found.length >= most || entry.name === '.git' || entry.name === 'node_modules') return;
  if (isFile(entry)) {
    const path = entry.fullPath.replace(/^\//, '');
    if (!wanted(path)) return;
    found.push({ path, file: await new Promise<File>((resolve, reject) => entry.file(resolve, reject)) });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A reader gives a part at a time, and nothing at the end.
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) return;
    for (const one of part) await walk(one, found, wanted);
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}
