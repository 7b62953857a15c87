import { HttpApi, HttpMethod, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { accessLogOf } from './access-log.ts';
import type { Settings } from './settings.ts';

/** The HTTP door: every path of it to the intake, for callers whom IAM or the JWT issuer of the settings knows. */
export function openHttpDoor(
  scope: Construct,
  { intake, settings }: { readonly intake: Lambda; readonly settings: Settings },
): HttpApi {
  const { jwt } = settings.api;
  const api = new HttpApi(scope, 'Api', {
    createDefaultStage: false,
    defaultAuthorizer: jwt
      ? new HttpJwtAuthorizer('Jwt', jwt.issuer, { jwtAudience: jwt.audience })
      : new HttpIamAuthorizer(),
  });
  new HttpStage(scope, 'Stage', {
    httpApi: api,
    stageName: '$default',
    autoDeploy: true,
    throttle: { rateLimit: settings.api.requestsPerSecond, burstLimit: settings.api.burst },
    accessLogSettings: accessLogOf(scope, settings.logRetentionDays),
  });
  const integration = new HttpLambdaIntegration('Intake', intake);
  for (const path of ['/api/{proxy+}', '/openapi.json', '/llms.txt'])
    api.addRoutes({ path, methods: [HttpMethod.ANY], integration });
  return api;
}
