import { type Api, type ApiError, type Event, type SettingKey, type Settings, toApiError } from '../api';

/** Those of a first start, until the kept ones have arrived. */
const first: Settings = {
  theme: 'system',
  textSize: 'normal',
  ollamaUrl: '',
  defaultModel: '',
  authorName: '',
  openQuestions: 0,
  dailyBackups: 7,
  weeklyBackups: 4,
  refinements: 3,
  refinementsWarn: 2,
  stepFiles: 20,
  singleKeys: true,
  practice: true,
  chatUrl: '',
};

/** The settings. Each is saved at once; one that is refused says why and keeps its old value. */
export class SettingsState {
  value = $state.raw<Settings>(first);
  loaded = $state(false);
  /** Why a setting was refused, by its name. */
  errors = $state.raw<Partial<Record<SettingKey, ApiError>>>({});
  /** The settings that are being saved. */
  saving = $state.raw<ReadonlySet<SettingKey>>(new Set());

  constructor(private readonly api: Pick<Api, 'settings'>) {}

  load = async (): Promise<void> => {
    this.value = await this.api.settings.show();
    this.loaded = true;
  };

  apply(event: Event): void {
    if (event.settings && this.saving.size === 0) this.value = event.settings;
  }

  /** Forgets why a setting was refused: the typing was taken back. */
  forgive = (key: SettingKey): void => {
    this.errors = { ...this.errors, [key]: undefined };
  };

  /** Returns whether it was saved. */
  set = async <K extends SettingKey>(key: K, to: Settings[K]): Promise<boolean> => {
    const before = this.value[key];
    if (before === to && !this.errors[key]) return true;
    this.value = { ...this.value, [key]: to };
    this.errors = { ...this.errors, [key]: undefined };
    this.saving = new Set([...this.saving, key]);
    try {
      const saved = await this.api.settings.set(key, String(to));
      this.value = { ...this.value, [key]: saved[key] };
      return true;
    } catch (cause) {
      this.value = { ...this.value, [key]: before };
      this.errors = { ...this.errors, [key]: toApiError(cause) };
      return false;
    } finally {
      this.saving = new Set([...this.saving].filter((one) => one !== key));
    }
  };
}
