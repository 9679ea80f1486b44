import type { Node, ValidationReport } from '@/api/types';

export interface Problem {
  severity: 'error' | 'warning';
  message: string;
  nodeId?: string;
}

/** The report as one list, errors first, each with the node it is about where one is named. */
export function problemsOf(report: ValidationReport, nodes: Readonly<Record<string, unknown>>): Problem[] {
  const ofNodes = Object.entries(report.node_validation_errors).flatMap(([nodeId, messages]) =>
    messages.map((message): Problem => ({ severity: 'error', message, nodeId })),
  );
  // The general list may repeat what it says of a node.
  const general = report.errors.filter((message) => !ofNodes.some((problem) => message.includes(problem.message)));
  return [
    ...general.map((message): Problem => ({ severity: 'error', message, nodeId: nodeNamedIn(message, nodes) })),
    ...ofNodes,
    ...report.warning_details.map(({ message, node_id }): Problem => ({ severity: 'warning', message, nodeId: node_id ?? undefined })),
  ];
}

function nodeNamedIn(message: string, nodes: Readonly<Record<string, unknown>>): string | undefined {
  return [...message.matchAll(/['"`]([^'"`]+)['"`]/g)].map((match) => match[1] ?? '').find((id) => id in nodes);
}

export function problemsByNode(problems: readonly Problem[]): Record<string, Problem[]> {
  const byNode: Record<string, Problem[]> = {};
  for (const problem of problems) {
    if (problem.nodeId !== undefined) (byNode[problem.nodeId] ??= []).push(problem);
  }
  return byNode;
}

type Nodes = Readonly<Record<string, Node>>;

/** The problems that still stand: those of a node go when the node is changed, moving aside. */
export function openProblems(problems: readonly Problem[], checked: Nodes, now: Nodes): Problem[] {
  return problems.filter(({ nodeId }) => {
    if (nodeId === undefined) return true;
    const [before, after] = [checked[nodeId], now[nodeId]];
    return after !== undefined && before?.config === after.config && before.label === after.label;
  });
}

/** The report that a refused publish carries in its details, if it carries one. */
export function reportIn(details: Record<string, unknown>): ValidationReport | undefined {
  return Array.isArray(details.errors) && typeof details.node_validation_errors === 'object' ? (details as unknown as ValidationReport) : undefined;
}
