import { CfnElement, Reference, Stack, Token, Tokenization, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Says why a finding of cdk-nag (AWS Solutions) stands; whoever runs its rules over an app of theirs sees it too. */
export function acknowledge(scope: Construct, rule: string, reason: string): void {
  Validations.of(scope).acknowledge({ id: `AwsSolutions-${rule}`, reason });
}

/** Says why a role is given a resource with a wildcard in it. */
export function acknowledgeWide(scope: Construct, resource: string, reason: string): void {
  for (const written of waysOfWriting(scope, resource))
    acknowledge(scope, `IAM5[Resource::${written}]`, reason);
}

/** As cdk-nag writes it: before what lies in another stack is exported and imported, and after. */
function waysOfWriting(scope: Construct, resource: string): string[] {
  const stack = Stack.of(scope);
  const write = (value: string) => flat(stack.resolve(value));
  const [first] = Token.isUnresolved(resource) ? Tokenization.reverseString(resource).tokens : [];
  if (!first || !Reference.isReference(first) || !CfnElement.isCfnElement(first.target))
    return [write(resource)];
  const owner = Stack.of(first.target);
  if (owner === stack) return [write(resource)];
  const imported = owner.exportValue(Token.asString(first));
  return [write(resource), write(resource.replace(Token.asString(first), imported))];
}

function flat(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [[intrinsic, operand] = ['', undefined]] = Object.entries(value);
  if (intrinsic === 'Fn::Join') return (operand as [string, unknown[]])[1].map(flat).join('');
  if (intrinsic === 'Fn::GetAtt') return `<${(operand as string[]).join('.')}>`;
  if (intrinsic === 'Ref') return `<${String(operand)}>`;
  return flat(operand);
}
