// Checks an OpenAPI document, its examples included: node lint.mjs <file>. Prints what is wrong with it.
import { createConfig, lint } from '@redocly/openapi-core';

const rules = {
  struct: 'error',
  'no-unresolved-refs': 'error',
  'no-invalid-media-type-examples': { severity: 'error', allowAdditionalProperties: true },
  'no-invalid-parameter-examples': 'error',
  'no-duplicated-tag-names': 'error',
  'operation-operationId': 'error',
  'operation-operationId-unique': 'error',
  'operation-operationId-url-safe': 'error',
  'operation-summary': 'error',
  'operation-parameters-unique': 'error',
  'path-declaration-must-exist': 'error',
  'path-not-include-query': 'error',
  'path-parameters-defined': 'error',
  'no-path-trailing-slash': 'error',
  'no-enum-type-mismatch': 'error',
  'no-example-value-and-externalValue': 'error',
  'no-schema-type-mismatch': 'error',
  'security-defined': 'error',
  'tag-description': 'error',
};

const problems = await lint({ ref: process.argv[2], config: await createConfig({ rules }) });
for (const { severity, ruleId, message, location } of problems.slice(0, 50)) {
  console.log(`${severity} ${ruleId} ${location[0]?.pointer}: ${message}`);
}

process.exitCode = problems.length > 0 ? 1 : 0;
