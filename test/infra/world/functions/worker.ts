import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';

const sfn = new SFNClient({});

type Record = {
  messageId: string;
  body: string;
  attributes: { ApproximateReceiveCount: string; SenderId: string };
};

/** The queue's worker of the test app: starts a workflow per message, fails the messages that ask for it. */
export async function handler(event: { Records: Record[] }) {
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const { messageId, body, attributes } of event.Records) {
    const job = JSON.parse(body) as { id: string; failTimes?: number };
    console.log(JSON.stringify({ message: 'worked', id: job.id, attributes }));
    if (Number(attributes.ApproximateReceiveCount) <= (job.failTimes ?? 0)) {
      batchItemFailures.push({ itemIdentifier: messageId });
      continue;
    }
    const input = JSON.stringify({ id: job.id });
    const command = new StartExecutionCommand({ stateMachineArn: process.env.MACHINE, name: job.id, input });
    await sfn.send(command).catch((error: Error) => {
      if (error.name !== 'ExecutionAlreadyExists') throw error;
    });
  }
  return { batchItemFailures };
}
