import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import type { QueryClient } from '@tanstack/react-query';
import { ApiError } from '@/api/client';
import { meQuery } from '@/api/session';
import { approvalStatuses, executionStatuses, type ApprovalStatus, type ExecutionStatus, type WorkflowStatus } from '@/api/types';
import { NotFound, RouteError } from './fallbacks';
import { createQueryClient } from './query-client';
import { Settings } from './settings';
import { Shell } from './shell';

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({ notFoundComponent: NotFound });

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
const oneOf = <T extends string>(values: readonly T[], value: unknown) => values.find((known) => known === value);
const page = (value: unknown) => (Number.isInteger(value) && Number(value) > 1 ? Number(value) : undefined);

/** A path of this site only: `//elsewhere` would leave it. */
const localPath = (value: unknown) => (typeof value === 'string' && /^\/(?![/\\])/.test(value) ? value : undefined);

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search): { return_to?: string; again?: true } => ({ return_to: localPath(search.return_to), again: search.again === true || undefined }),
  component: lazyRouteComponent(() => import('@/features/auth/sign-in-page'), 'SignInPage'),
});

const forgotPassword = createRoute({
  getParentRoute: () => root,
  path: '/forgot-password',
  component: lazyRouteComponent(() => import('@/features/auth/forgot-password-page'), 'ForgotPasswordPage'),
});

const resetPassword = createRoute({
  getParentRoute: () => root,
  path: '/reset-password',
  component: lazyRouteComponent(() => import('@/features/auth/reset-password-page'), 'ResetPasswordPage'),
});

const signUp = createRoute({
  getParentRoute: () => root,
  path: '/sign-up',
  component: lazyRouteComponent(() => import('@/features/auth/sign-up-page'), 'SignUpPage'),
});

const invitation = createRoute({
  getParentRoute: () => root,
  path: '/invitations/$token',
  component: lazyRouteComponent(() => import('@/features/auth/invitation-page'), 'InvitationPage'),
});

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: Shell,
  errorComponent: RouteError,
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queryClient.query({ ...meQuery, staleTime: 'static' });
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) throw redirect({ to: '/sign-in', search: { return_to: localPath(location.href) } });
      throw error;
    }
  },
});

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/workflows' });
  },
});

const workflows = createRoute({
  getParentRoute: () => shell,
  path: '/workflows',
  validateSearch: (search): { page?: number; status?: WorkflowStatus; search?: string } => ({
    page: page(search.page),
    status: oneOf(['draft', 'active', 'archived'], search.status),
    search: text(search.search),
  }),
  component: lazyRouteComponent(() => import('@/features/workflows/workflows-page'), 'WorkflowsPage'),
});

const designer = createRoute({
  getParentRoute: () => shell,
  path: '/workflows/$workflowId',
  validateSearch: (search): { run?: string } => ({ run: text(search.run) }),
  component: lazyRouteComponent(() => import('@/features/workflows/designer/designer-page'), 'DesignerPage'),
});

const webhooks = createRoute({
  getParentRoute: () => shell,
  path: '/workflows/$workflowId/webhooks',
  component: lazyRouteComponent(() => import('@/features/webhooks/webhooks-page'), 'WebhooksPage'),
});

const executions = createRoute({
  getParentRoute: () => shell,
  path: '/executions',
  validateSearch: (search): { page?: number; status?: ExecutionStatus; workflow_id?: string; retry_of?: string; parent_execution_id?: string } => ({
    page: page(search.page),
    status: oneOf(executionStatuses, search.status),
    workflow_id: text(search.workflow_id),
    retry_of: text(search.retry_of),
    parent_execution_id: text(search.parent_execution_id),
  }),
  component: lazyRouteComponent(() => import('@/features/executions/executions-page'), 'ExecutionsPage'),
});

const execution = createRoute({
  getParentRoute: () => shell,
  path: '/executions/$executionId',
  component: lazyRouteComponent(() => import('@/features/executions/execution-page'), 'ExecutionPage'),
});

const approvals = createRoute({
  getParentRoute: () => shell,
  path: '/approvals',
  validateSearch: (search): { page?: number; status?: ApprovalStatus | 'all'; mine?: boolean } => ({
    page: page(search.page),
    status: oneOf([...approvalStatuses, 'all'], search.status),
    mine: search.mine === true || undefined,
  }),
  component: lazyRouteComponent(() => import('@/features/approvals/approvals-page'), 'ApprovalsPage'),
});

const chat = createRoute({
  getParentRoute: () => shell,
  path: '/chat',
  validateSearch: (search): { entity?: number } => ({ entity: Number.isInteger(search.entity) ? Number(search.entity) : undefined }),
  component: lazyRouteComponent(() => import('@/features/chat/chat-page'), 'ChatPage'),
});

const activities = createRoute({
  getParentRoute: () => shell,
  path: '/activities',
  component: lazyRouteComponent(() => import('@/features/activities/activities-page'), 'ActivitiesPage'),
});

const settings = createRoute({ getParentRoute: () => shell, path: '/settings', component: Settings });

const settingsHome = createRoute({
  getParentRoute: () => settings,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/settings/api-keys' });
  },
});

const paged = (search: Record<string, unknown>): { page?: number } => ({ page: page(search.page) });

const apiKeys = createRoute({
  getParentRoute: () => settings,
  path: '/api-keys',
  validateSearch: paged,
  component: lazyRouteComponent(() => import('@/features/api-keys/api-keys-page'), 'ApiKeysPage'),
});

const sessions = createRoute({
  getParentRoute: () => settings,
  path: '/sessions',
  validateSearch: paged,
  component: lazyRouteComponent(() => import('@/features/sessions/sessions-page'), 'SessionsPage'),
});

const day = (value: unknown) => (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined);

interface AuditSearch {
  search?: string;
  action?: string;
  from?: string;
  to?: string;
}

const auditSearch = (search: Record<string, unknown>): AuditSearch => ({
  search: text(search.search),
  action: text(search.action),
  from: day(search.from),
  to: day(search.to),
});

const audit = createRoute({
  getParentRoute: () => settings,
  path: '/audit',
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import('@/features/audit/audit-page'), 'AuditPage'),
});

/** Where the audit log was before: bookmarks stay good. */
const auditBefore = createRoute({
  getParentRoute: () => root,
  path: '/audit',
  validateSearch: auditSearch,
  beforeLoad: ({ search }) => {
    throw redirect({ to: '/settings/audit', search, replace: true });
  },
});

const organisation = createRoute({
  getParentRoute: () => settings,
  path: '/organisation',
  component: lazyRouteComponent(() => import('@/features/tenant/tenant-page'), 'TenantPage'),
});

const roles = createRoute({
  getParentRoute: () => settings,
  path: '/roles',
  component: lazyRouteComponent(() => import('@/features/roles/roles-page'), 'RolesPage'),
});

const serviceAccounts = createRoute({
  getParentRoute: () => settings,
  path: '/service-accounts',
  validateSearch: paged,
  component: lazyRouteComponent(() => import('@/features/service-accounts/service-accounts-page'), 'ServiceAccountsPage'),
});

const serviceAccount = createRoute({
  getParentRoute: () => settings,
  path: '/service-accounts/$userId',
  validateSearch: paged,
  component: lazyRouteComponent(() => import('@/features/service-accounts/service-account-page'), 'ServiceAccountPage'),
});

const security = createRoute({
  getParentRoute: () => settings,
  path: '/security',
  component: lazyRouteComponent(() => import('@/features/security/security-page'), 'SecurityPage'),
});

const people = createRoute({
  getParentRoute: () => settings,
  path: '/people',
  validateSearch: (search): { page?: number; search?: string; view?: 'invitations' } => ({
    page: page(search.page),
    search: text(search.search),
    view: oneOf(['invitations'], search.view),
  }),
  component: lazyRouteComponent(() => import('@/features/people/people-page'), 'PeoplePage'),
});

const communities = createRoute({
  getParentRoute: () => settings,
  path: '/communities',
  validateSearch: paged,
  component: lazyRouteComponent(() => import('@/features/communities/communities-page'), 'CommunitiesPage'),
});

const community = createRoute({
  getParentRoute: () => settings,
  path: '/communities/$communityId',
  params: { parse: ({ communityId }) => ({ communityId: Number(communityId) }), stringify: ({ communityId }) => ({ communityId: String(communityId) }) },
  validateSearch: (search): { page?: number; view?: 'members' } => ({ page: page(search.page), view: oneOf(['members'], search.view) }),
  component: lazyRouteComponent(() => import('@/features/communities/community-page'), 'CommunityPage'),
});

export const queryClient = createQueryClient(() => {
  const { pathname, href } = router.state.location;
  if (pathname.startsWith('/sign-') || pathname.startsWith('/invitations/')) return;
  queryClient.clear();
  // The session is gone: a draft that isn't saved can't hold the page back.
  void router.navigate({ to: '/sign-in', search: { return_to: localPath(href) }, ignoreBlocker: true });
});

const area = settings.addChildren([settingsHome, apiKeys, sessions, security, organisation, people, roles, communities, community, serviceAccounts, serviceAccount, audit]);

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    signIn,
    signUp,
    invitation,
    forgotPassword,
    resetPassword,
    auditBefore,
    shell.addChildren([workflows, designer, webhooks, executions, execution, approvals, chat, activities, area]),
  ]),
  context: { queryClient },
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
