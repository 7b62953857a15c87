import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const script = `
  const { startAccount } = await import(process.argv[1]);
  const account = await startAccount(
    {
      Work: { Type: 'AWS::SQS::Queue' },
      Source: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { EventSourceArn: { 'Fn::GetAtt': ['Work', 'Arn'] }, FunctionName: { Ref: 'Slow' } },
      },
    },
    { Slow: 'export const handler = () => new Promise((done) => setTimeout(done, 60_000));' },
  );
  void account.world.invoke('Slow', {}).then((outcome) => console.log(outcome.error.errorType));
  await new Promise((resolve) => setTimeout(resolve, 300));
  await account.close();
  console.log('closed');
`;

test('a closed world keeps nothing alive, even one with a running function and an open long poll', async () => {
  const module = new URL('../conformance/local-account.ts', import.meta.url).href;
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script, module], {
    timeout: 20_000,
  });
  expect(stdout.trim().split('\n')).toEqual(['Runtime.ExitError', 'closed']);
});
