import { useId, useRef, useState } from 'preact/hooks';
import { call, wordsOf } from './call.ts';
import { type Named, named } from './draft.ts';
import { Icon } from './icons.tsx';
import type { Field } from './request-form.ts';
import { useDrop } from './use-drop.ts';

interface Shown {
  readonly field: Extract<Field, { kind: 'media' }>;
  readonly value: readonly Named[];
  readonly change: (value: readonly Named[]) => void;
  readonly wrong: string | undefined;
}

const accepted = ['image/png', 'image/jpeg', 'image/webp'];

/** Pictures that a request names: files of this machine, addresses of the web, or what was delivered before. */
export function MediaInput({ field, value, change, wrong }: Shown) {
  const [uploading, setUploading] = useState(0);
  const [failure, setFailure] = useState<string>();
  const file = useRef<HTMLInputElement>(null);
  const latest = useRef(value);
  latest.current = value;
  const id = useId();
  const room = field.most - value.length;

  const put = (one: Named) => {
    latest.current = [...latest.current, one].slice(-field.most);
    change(latest.current);
  };
  async function take(files: Iterable<File>): Promise<void> {
    setFailure(undefined);
    for (const one of [...files].slice(0, Math.max(room, 1))) {
      setUploading((count) => count + 1);
      try {
        if (!accepted.includes(one.type)) throw new Error(`${one.name} is no PNG, JPEG or WebP.`);
        const { reference } = await call<{ reference: string }>('/files', { method: 'POST', body: one });
        put({ reference, preview: URL.createObjectURL(one) });
      } catch (error) {
        setFailure(wordsOf(error));
      } finally {
        setUploading((count) => count - 1);
      }
    }
  }

  const drop = useDrop(take);

  return (
    <fieldset class="field media" {...drop}>
      <legend class="label">
        {field.label}
        {field.isList && <span class="hint"> up to {field.most}</span>}
      </legend>
      <div class="media-row">
        {value.map(({ reference, preview }, index) => (
          <span class="medium" key={reference}>
            {preview ? <img src={preview} alt={`Number ${index + 1}`} /> : <span>{reference}</span>}
            <button
              type="button"
              class="icon-button"
              aria-label={`Leave out number ${index + 1}`}
              onClick={() => change(value.filter((one) => one.reference !== reference))}
            >
              <Icon name="close" />
            </button>
          </span>
        ))}
        {uploading > 0 && <span class="medium skeleton" role="status" aria-label="A picture is uploaded" />}
        {(room > 0 || !field.isList) && (
          <button type="button" class="quiet" onClick={() => file.current?.click()}>
            <Icon name="upload" />
            {value.length > 0 && !field.isList ? 'Another file…' : 'Add a file…'}
          </button>
        )}
        <input
          ref={file}
          class="unseen"
          type="file"
          tabIndex={-1}
          aria-label={`${field.label}: files`}
          accept={accepted.join(',')}
          multiple={field.isList}
          onChange={({ currentTarget }) => {
            take([...(currentTarget.files ?? [])]);
            currentTarget.value = '';
          }}
        />
      </div>
      <input
        type="text"
        inputMode="url"
        placeholder="or an https address, or a job’s id; Enter adds it"
        aria-label={`${field.label}: address or job`}
        onKeyDown={(event) => {
          const { currentTarget } = event;
          if (event.key !== 'Enter') return;
          event.preventDefault();
          if (currentTarget.value.trim() === '') return;
          put(named(currentTarget.value.trim()));
          currentTarget.value = '';
        }}
      />
      {(failure ?? wrong) !== undefined && (
        <span class="wrong" id={id} role="alert">
          {failure ?? wrong}
        </span>
      )}
    </fieldset>
  );
}
