// Reads cases as JSON from standard input, and writes what the simulator decides for each: Allowed, ExplicitlyDenied or
// ImplicitlyDenied.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const { runSimulation } = createRequire(`${process.cwd()}/`)("@cloud-copilot/iam-simulate");

async function decided({ policies, action, resource, principal, context }) {
  const identityPolicies = policies.map((policy, number) => ({ name: `policy ${number}`, policy }));
  const request = { action, principal, resource: { resource, accountId: principal.split(":")[4] }, contextVariables: context };
  const simulation = { request, identityPolicies, serviceControlPolicies: [], resourceControlPolicies: [] };
  const answer = await runSimulation(simulation, {});
  if (answer.resultType === "error") return `error: ${JSON.stringify(answer.errors)}`;
  const ignored = answer.result.ignoredContextKeys;
  return ignored.length ? `error: ignored ${ignored}` : answer.overallResult;
}

const cases = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(await Promise.all(cases.map(decided))));
