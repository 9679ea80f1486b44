import type { components } from './schema';

type Schemas = components['schemas'];

export type Activity = Schemas['Activity'];
export type ApiKey = Schemas['ApiKey'];
export type Approval = Schemas['Approval'];
export type ApprovalStatus = Approval['status'];
export type AuditEntry = Schemas['AuditEntry'];
export type AuditVerdict = Schemas['AuditVerdict'];
export type ChatMessage = Schemas['ChatMessage'];
export type CommunityDetails = Schemas['CommunityDetails'];
export type CommunityMember = Schemas['CommunityMember'];
export type Connection = Schemas['Connection'];
export type Entity = Schemas['Entity'];
export type EntityDetails = Schemas['EntityDetails'];
export type Execution = Schemas['Execution'];
export type ExecutionEvent = Schemas['ExecutionEvent'];
export type ExecutionStatus = Schemas['ExecutionStatus'];
export type ExecutionSummary = Schemas['ExecutionSummary'];
export type Incident = Schemas['Incident'];
export type Invitation = Schemas['Invitation'];
export type LogEntry = Schemas['LogEntry'];
export type Me = Schemas['Me'];
export type Member = Schemas['Member'];
export type Node = Schemas['Node'];
export type NodeEvent = Schemas['NodeEvent'];
export type NodeRun = Schemas['NodeRun'];
export type NodeState = Schemas['NodeState'];
export type NodeStatus = Schemas['NodeStatus'];
export type Pagination = Schemas['Pagination'];
export type Role = Schemas['Role'];
export type ServiceAccount = Schemas['ServiceAccount'];
export type Session = Schemas['Session'];
export type TenantDetails = Schemas['TenantDetails'];
export type TestedWorkflow = Schemas['TestedWorkflow'];
export type TraceEntry = Schemas['TraceEntry'];
export type ValidationReport = Schemas['ValidationReport'];
export type Webhook = Schemas['Webhook'];
export type Workflow = Schemas['Workflow'];
export type WorkflowSettings = Schemas['WorkflowSettings'];
export type WorkflowStatus = Schemas['WorkflowStatus'];
export type WorkflowSummary = Schemas['WorkflowSummary'];

export const approvalStatuses: ApprovalStatus[] = ['pending', 'approved', 'rejected', 'expired', 'closed'];

export const executionStatuses: ExecutionStatus[] = ['queued', 'running', 'waiting', 'completed', 'failed', 'cancelled'];

/** A page of a list, as the server cut it. */
export interface Page<T> {
  items: T[];
  pagination: Pagination;
}
