import type { HttpRoute } from './http-routes.ts';
import type { Resource } from './resolve-stacks.ts';

/**
 * Reads the routes of the assembly's HTTP API.
 *
 * Throws on a second API, another protocol or stage, CORS settings, JWT or Lambda authorizers and integrations other
 * than a Lambda proxy with payload format 2.0: none of them is emulated.
 */
export function readRoutes(resources: readonly Resource[]): HttpRoute[] {
  const of = (type: string) => resources.filter((resource) => resource.type === `AWS::ApiGatewayV2::${type}`);
  const [api, ...others] = of('Api');
  if (api === undefined) return [];
  const fail = (resource: Resource, what: string): never => {
    throw new Error(`${resource.stackName}/${resource.logicalId}: ${what}`);
  };
  if (others.length > 0) fail(api, 'one local world serves one HTTP API');
  if (api.properties.ProtocolType !== 'HTTP') fail(api, `protocol ${String(api.properties.ProtocolType)}`);
  if ('CorsConfiguration' in api.properties) fail(api, 'CorsConfiguration is not emulated');
  for (const stage of of('Stage')) {
    if (stage.properties.StageName !== '$default') fail(stage, 'only the stage $default is emulated');
  }
  return of('Route').map((route) => {
    const { AuthorizationType = 'NONE', RouteKey, Target } = route.properties;
    if (AuthorizationType !== 'NONE' && AuthorizationType !== 'AWS_IAM') {
      fail(route, `authorization ${String(AuthorizationType)} is not emulated`);
    }
    const integration = of('Integration').find((candidate) => `integrations/${candidate.ref}` === Target);
    if (integration === undefined) return fail(route, `no integration ${String(Target)}`);
    const { IntegrationType, PayloadFormatVersion, IntegrationUri } = integration.properties;
    if (IntegrationType !== 'AWS_PROXY' || PayloadFormatVersion !== '2.0') {
      fail(integration, 'only Lambda proxy integrations of payload format 2.0 are emulated');
    }
    const [, functionArn = String(IntegrationUri)] =
      /functions\/(arn:.*)\/invocations$/.exec(String(IntegrationUri)) ?? [];
    return {
      routeKey: String(RouteKey),
      functionArn,
      requiresIam: AuthorizationType === 'AWS_IAM',
      apiId: api.ref,
    };
  });
}
