import type { Models } from '../../lib/state/models.svelte';
import type { ModelChoice } from '../prompt/ModelPicker.svelte';

/** The models a prompt can be run on, and what is wrong when there is none. */
export function modelChoice(models: Models): ModelChoice {
  return {
    running: models.running && models.default !== '',
    list: models.list,
    default: models.default,
    message: models.status?.message || (models.running ? 'Ollama has no model yet.' : 'Ollama is not answering.'),
    hint: models.status?.hint || 'Copy the prompt and paste the answer of any chat.',
  };
}
