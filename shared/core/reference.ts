/**
 * How a caller names media: a job of theirs that is delivered (its bare id), a file they uploaded (`upload:ID`), an
 * object in the account (`s3://bucket/key`), or a page on the web that the seller fetches itself.
 */
export type Reference =
  | { readonly kind: 'job'; readonly jobId: string }
  | { readonly kind: 'upload'; readonly uploadId: string }
  | { readonly kind: 'object'; readonly bucket: string; readonly key: string }
  | { readonly kind: 'url'; readonly url: string };

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const forms = {
  job: new RegExp(`^(${uuid})$`),
  upload: new RegExp(`^upload:(${uuid})$`),
  object: /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.{1,1024})$/su,
} as const;

/**
 * Reads a reference by its form alone; whether it may be used is asked elsewhere.
 * @returns undefined when it has no form we know
 */
export function parseReference(text: string): Reference | undefined {
  const jobId = forms.job.exec(text)?.[1];
  if (jobId !== undefined) return { kind: 'job', jobId };
  const uploadId = forms.upload.exec(text)?.[1];
  if (uploadId !== undefined) return { kind: 'upload', uploadId };
  const [, bucket, key] = forms.object.exec(text) ?? [];
  if (bucket !== undefined && key !== undefined) return { kind: 'object', bucket, key };
  const url = URL.parse(text);
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? { kind: 'url', url: text } : undefined;
}

/** Names that lead into somebody's own network, whoever resolves them (RFC 6761, RFC 8375, RFC 6762). */
const privateNames = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|home\.arpa|localdomain)$/;

/**
 * Whether the seller may be sent to this address: https to a host with a public name, without a user, a password, a
 * port or a bare IP address; or an origin that is listed exactly in the settings.
 * @param allowedOrigins such as the sandbox's own, on one machine
 */
export function isPublicUrl(text: string, allowedOrigins: readonly string[]): boolean {
  const url = URL.parse(text);
  if (url?.username !== '' || url.password !== '') return false;
  if (allowedOrigins.includes(url.origin)) return true;
  const host = url.hostname.replace(/\.$/, '');
  // The URL parser has already turned every spelling of an IPv4 address into four numbers.
  const isAddress = host.startsWith('[') || /^[\d.]+$/.test(host);
  return url.protocol === 'https:' && url.port === '' && !isAddress && isPublicName(host);
}

const isPublicName = (host: string): boolean => host.includes('.') && !privateNames.test(host);
