import { useId, useMemo, useRef } from 'preact/hooks';
import { bodyOf, type Draft, drawSeed, emptyDraft, missingIn, type Value, wayOf } from './draft.ts';
import { FieldInput } from './field-input.tsx';
import { Icon } from './icons.tsx';
import { ModelChoice } from './model-choice.tsx';
import { PriceLine } from './price-line.tsx';
import { type Field, type Model, waysOf } from './request-form.ts';
import { useQuote } from './use-quote.ts';
import type { useSubmit } from './use-submit.ts';

interface Shown {
  readonly models: readonly Model[];
  readonly draft: Draft;
  readonly change: (draft: Draft) => void;
  readonly submitting: ReturnType<typeof useSubmit>;
  readonly isStopped: boolean;
}

/** Where a request is put together: its price is there before it is asked. */
export function Composer({ models, draft, change, submitting: { submitting, ...orders }, isStopped }: Shown) {
  const model = models.find(({ name }) => name === draft.model) ?? models[0];
  const ways = useMemo(() => (model ? waysOf(model) : []), [model]);
  const way = model && wayOf(model, draft);
  const missing = way ? missingIn(way, draft) : [];
  // The price does not depend on the words: it is there before they are.
  const asked =
    way && bodyOf(way, { ...draft, values: { ...draft.values, prompt: draft.values.prompt || '…' } });
  const canPrice = missing.every(({ kind }) => kind === 'prompt');
  const price = useQuote(model?.name ?? '', canPrice ? asked : undefined);
  const wrong = [
    ...(price.state === 'wrong' ? price.fields : []),
    ...(submitting.state === 'refused' ? submitting.fields : []),
  ];
  const wrongOf = (name: string) => wrong.find(({ field }) => field.split('.')[0] === name)?.message;
  const hintId = useId();

  // What was typed last is what is sent, also when the page has not been drawn since.
  const latest = useRef(draft);
  latest.current = draft;
  const put = (next: Draft) => {
    latest.current = next;
    change(next);
  };
  const setValue = (name: string, value: Value) =>
    put({ ...latest.current, values: { ...latest.current.values, [name]: value } });
  const isSending = submitting.state === 'sending';
  const submit = (event: Event) => {
    event.preventDefault();
    if (!model || !way || isSending || missingIn(way, latest.current).length > 0) return;
    orders.submit({ model: model.name, request: bodyOf(way, latest.current, drawSeed()) });
  };

  const main = way?.fields.filter(({ kind }) => kind === 'prompt' || kind === 'media') ?? [];
  const options = way?.fields.filter(({ kind }) => kind === 'choice' || kind === 'seed') ?? [];
  const more = way?.fields.filter(({ kind }) => ['number', 'text', 'switch'].includes(kind)) ?? [];
  const input = (field: Field) => (
    <FieldInput
      key={field.name}
      field={field}
      value={draft.values[field.name]}
      change={(value) => setValue(field.name, value)}
      wrong={wrongOf(field.name)}
      submit={submit}
    />
  );
  const needs = `Needed: ${missing.map(({ label }) => label.toLowerCase()).join(', ')}.`;

  return (
    <form class="composer" onSubmit={submit} aria-label="New request">
      {!way && (
        <div class="composer-skeleton" aria-hidden="true">
          {['prompt', 'model', 'left', 'right', 'left-two', 'right-two', 'price', 'button'].map((part) => (
            <span class="skeleton" key={part} data-part={part} />
          ))}
        </div>
      )}
      {model && way && (
        <>
          {main.map(input)}
          <ModelChoice
            models={models}
            model={model}
            choose={(name) => {
              const { prompt } = draft.values;
              change({ ...emptyDraft(name), values: prompt === undefined ? {} : { prompt } });
            }}
          />
          {ways.length > 1 && (
            <label class="field">
              <span class="label">Way of asking</span>
              <select
                value={String(draft.way)}
                onChange={({ currentTarget }) => change({ ...draft, way: Number(currentTarget.value) })}
              >
                {ways.map(({ label }, index) => (
                  <option key={label} value={String(index)}>
                    {label}
                  </option>
                ))}
              </select>
            </label>
          )}
          <div class="option-fields">{options.map(input)}</div>
          <details class="options" open={more.some(({ name }) => wrongOf(name)) || undefined}>
            <summary>More options</summary>
            <div class="option-fields">
              {more.map(input)}
              <FieldInput
                field={{ name: 'maxPrice', label: 'At most ($)', isRequired: false, kind: 'text' }}
                value={draft.maxPrice}
                change={(value) => put({ ...latest.current, maxPrice: String(value) })}
                wrong={wrongOf('maxPrice')}
                submit={submit}
              />
              <label class="field">
                <span class="label">If it was made before</span>
                <select
                  value={String(draft.reuse)}
                  onChange={({ currentTarget }) =>
                    put({ ...latest.current, reuse: currentTarget.value === 'true' })
                  }
                >
                  <option value="false">buy another one</option>
                  <option value="true">take that one, for nothing</option>
                </select>
              </label>
            </div>
          </details>
          <div class="order">
            <PriceLine price={price} canPrice={canPrice} />
            <button
              class="primary"
              type="submit"
              aria-disabled={isSending || missing.length > 0}
              aria-describedby={hintId}
            >
              {isSending ? <span class="spinner" aria-hidden="true" /> : <Icon name="plus" />}
              {isSending ? 'Sending…' : model.name.endsWith('/edit') ? 'Edit' : 'Generate'}
            </button>
            <p class="order-hint" id={hintId}>
              {missing.length > 0
                ? needs
                : isStopped
                  ? 'It waits until somebody resumes the booth.'
                  : 'Ctrl + Enter sends it, too.'}
            </p>
          </div>
          {submitting.state === 'refused' && (
            <p class="notice" data-kind="trouble" role="alert">
              <Icon name="warn" />
              <span>{submitting.message} Nothing was bought.</span>
            </p>
          )}
          {submitting.state === 'unanswered' && (
            <p class="notice" data-kind="trouble" role="alert">
              <Icon name="warn" />
              <span>{submitting.message} It may have been taken. Sent again, it is still bought once.</span>
              <button type="button" class="quiet" onClick={orders.sendAgain}>
                Send it again
              </button>
            </p>
          )}
        </>
      )}
    </form>
  );
}
