import { useId } from 'preact/hooks';
import type { Named, Value } from './draft.ts';
import { Icon } from './icons.tsx';
import { MediaInput } from './media-input.tsx';
import type { Field } from './request-form.ts';

interface Shown {
  readonly field: Field;
  readonly value: Value | undefined;
  readonly change: (value: Value) => void;
  /** What the booth says is wrong with it. */
  readonly wrong: string | undefined;
  readonly submit: (event: Event) => void;
}

/** One field of a request, as its kind is asked best. */
export function FieldInput({ field, value, change, wrong, submit }: Shown) {
  const id = useId();
  const text = typeof value === 'string' ? value : '';
  const typed = {
    value: text,
    'aria-invalid': wrong !== undefined,
    'aria-describedby': wrong === undefined ? undefined : id,
    onInput: ({ currentTarget }: { currentTarget: { value: string } }) => change(currentTarget.value),
  };
  const problem = wrong !== undefined && (
    <span class="wrong" id={id}>
      {wrong}
    </span>
  );

  if (field.kind === 'media')
    return (
      <MediaInput field={field} value={(value ?? []) as readonly Named[]} change={change} wrong={wrong} />
    );
  if (field.kind === 'prompt')
    return (
      <label class="field prompt-field">
        <span class="label">Prompt</span>
        <textarea
          {...typed}
          id="prompt"
          rows={4}
          maxLength={10_000}
          placeholder="a lighthouse at dusk, seen from the sea"
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event);
          }}
        />
        {problem}
      </label>
    );
  if (field.kind === 'switch')
    return (
      <label class="field">
        <span class="label">{field.label}</span>
        <select
          value={value === undefined ? '' : String(value)}
          onChange={({ currentTarget }) =>
            change(currentTarget.value === '' ? '' : currentTarget.value === 'true')
          }
        >
          <option value="">default</option>
          <option value="true">yes</option>
          <option value="false">no</option>
        </select>
        {problem}
      </label>
    );
  if (field.kind === 'choice')
    return (
      <label class="field">
        <span class="label">{field.label}</span>
        <select {...typed} onChange={typed.onInput} onInput={undefined}>
          <option value="">{field.isRequired ? 'choose…' : 'default'}</option>
          {field.values.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
        {problem}
      </label>
    );
  const isNumber = field.kind === 'number' || field.kind === 'seed';
  return (
    <label class="field">
      <span class="label">{field.label}</span>
      <span class="with-icon">
        <input
          {...typed}
          type="text"
          inputMode={isNumber || field.name === 'maxPrice' ? 'decimal' : 'text'}
          placeholder={placeholderOf(field)}
          autocomplete="off"
        />
        {field.kind === 'seed' && <Icon name="dice" />}
      </span>
      {problem}
    </label>
  );
}

function placeholderOf(field: Field): string {
  if (field.kind === 'seed') return 'random';
  if (field.name === 'maxPrice') return 'no limit';
  return field.kind === 'number' && field.least !== undefined && field.most !== undefined
    ? `${field.least} to ${field.most}`
    : 'default';
}
