import { text } from 'node:stream/consumers';
import { addressOfPublicKey } from '../../shared/protocol/ecdsa.ts';

/** `npm run wallet-address`: reads the base64 of KMS's GetPublicKey on stdin, prints the wallet's address. */
try {
  const base64 = (await text(process.stdin)).trim();
  if (base64 === '') throw new Error('There is nothing on stdin.');
  console.log(addressOfPublicKey(Buffer.from(base64, 'base64')));
} catch (error) {
  console.error(
    `${(error as Error).message}\nUsage: aws kms get-public-key --key-id ID --query PublicKey --output text | npm run -s wallet-address`,
  );
  process.exitCode = 2;
}
