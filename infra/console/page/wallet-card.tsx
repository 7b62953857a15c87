import { useMemo } from 'preact/hooks';
import { encode } from 'uqr';
import type { Balances, Booth } from '../answers.ts';
import { CopyButton } from './copy-button.tsx';
import { useAnswer } from './use-loaded.ts';

const pauseMilliseconds = 15_000;

/** Where money comes from: the wallet's address to send it to, and what is there. */
export function WalletCard({ booth }: { readonly booth: Booth | undefined }) {
  const { value, failure } = useAnswer<Balances>('/operator/balances', pauseMilliseconds);
  return (
    <section class="card wallet" aria-labelledby="wallet-title">
      <h2 id="wallet-title">Wallet</h2>
      <div class="wallet-body">
        {booth ? <QrCode text={booth.wallet} /> : <div class="skeleton qr" />}
        <div>
          <ul class="balances" aria-busy={!value && failure === undefined}>
            {!value && <li>{failure ?? <span class="skeleton line" />}</li>}
            {value?.balances.map(({ network, name, usd, blockNumber, unknown }) => (
              <li key={network + name}>
                <span class="balance">{usd ?? '—'}</span>
                <span class="hint">
                  {name} on {network}
                  {blockNumber === undefined ? `. ${unknown}` : `, in final block ${blockNumber}`}
                </span>
              </li>
            ))}
          </ul>
          <p class="hint">
            Its key never leaves KMS. Send it no more than a day or two of spending: what is in it is the
            outermost limit.
          </p>
        </div>
      </div>
      {booth && (
        <p class="address">
          <code>{booth.wallet}</code>
          <CopyButton text={booth.wallet} label="Copy the address" isSmall />
        </p>
      )}
    </section>
  );
}

/** Black on white whatever the colours of the page are: cameras want it so. */
function QrCode({ text }: { readonly text: string }) {
  const { size, path } = useMemo(() => {
    const code = encode(text, { border: 2, ecc: 'M' });
    const dots = code.data.flatMap((row, y) =>
      row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])),
    );
    return { size: code.size, path: dots.join('') };
  }, [text]);
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label="The wallet’s address as a QR code">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
