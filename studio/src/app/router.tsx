import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import type { QueryClient } from '@tanstack/react-query';
import { activitiesQuery } from '@/api/activities';
import { ApiError } from '@/api/client';
import { executionQuery, executionsQuery } from '@/api/executions';
import { meQuery } from '@/api/session';
import { signedOut } from '@/api/standing';
import { tenantQuery } from '@/api/tenants';
import { approvalStatuses, type ApprovalStatus } from '@/api/types';
import { webhooksQuery } from '@/api/webhooks';
import { workflowQuery, workflowsQuery } from '@/api/workflows';
import { NotFound, RouteError } from './fallbacks';
import { createQueryClient } from './query-client';
import { auditSearch, executionsSearch, localPath, oneOf, onPage, page, text, workflowsSearch } from './search';
import { Settings } from './settings';
import { Shell } from './shell';

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({ notFoundComponent: NotFound });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search): { return_to?: string; again?: true } => ({
    return_to: localPath(search.return_to),
    again: search.again === true || undefined,
  }),
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

/** Asks early for what a page will ask for when it is there: it finds the answer, or the question under way. */
const ahead = (...asked: Promise<unknown>[]) => asked.forEach((question) => void question.catch(() => undefined));

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: Shell,
  errorComponent: RouteError,
  // A loader, not a guard before them: what the page below needs is asked for at the same time.
  loader: async ({ context, location }) => {
    ahead(context.queryClient.query(tenantQuery));
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
  validateSearch: workflowsSearch,
  loader: ({ context, location }) => ahead(context.queryClient.query(workflowsQuery(onPage(workflowsSearch(location.search))))),
  component: lazyRouteComponent(() => import('@/features/workflows/workflows-page'), 'WorkflowsPage'),
});

const designer = createRoute({
  getParentRoute: () => shell,
  path: '/workflows/$workflowId',
  validateSearch: (search): { run?: string } => ({ run: text(search.run) }),
  loader: ({ context, params }) => {
    const asked = Date.now();
    ahead(context.queryClient.query({ ...workflowQuery(params.workflowId), staleTime: 0 }), context.queryClient.query(activitiesQuery));
    return { asked };
  },
  component: lazyRouteComponent(() => import('@/features/workflows/designer/designer-page'), 'DesignerPage'),
});

const webhooks = createRoute({
  getParentRoute: () => shell,
  path: '/workflows/$workflowId/webhooks',
  loader: ({ context, params }) =>
    ahead(context.queryClient.query(workflowQuery(params.workflowId)), context.queryClient.query(webhooksQuery(params.workflowId))),
  component: lazyRouteComponent(() => import('@/features/webhooks/webhooks-page'), 'WebhooksPage'),
});

const executions = createRoute({
  getParentRoute: () => shell,
  path: '/executions',
  validateSearch: executionsSearch,
  loader: ({ context, location }) => ahead(context.queryClient.query(executionsQuery(onPage(executionsSearch(location.search))))),
  component: lazyRouteComponent(() => import('@/features/executions/executions-page'), 'ExecutionsPage'),
});

const execution = createRoute({
  getParentRoute: () => shell,
  path: '/executions/$executionId',
  loader: ({ context, params }) => ahead(context.queryClient.query(executionQuery(params.executionId)), context.queryClient.query(activitiesQuery)),
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
  params: {
    parse: ({ communityId }) => ({ communityId: Number(communityId) }),
    stringify: ({ communityId }) => ({ communityId: String(communityId) }),
  },
  validateSearch: (search): { page?: number; view?: 'members' } => ({ page: page(search.page), view: oneOf(['members'], search.view) }),
  component: lazyRouteComponent(() => import('@/features/communities/community-page'), 'CommunityPage'),
});

export const queryClient = createQueryClient(() => {
  const { pathname, href } = router.state.location;
  if (pathname.startsWith('/sign-') || pathname.startsWith('/invitations/')) return;
  // A page that is open stays as it is, with what was typed into it.
  if (queryClient.getQueryData(meQuery.queryKey)) signedOut.set(true);
  else void router.navigate({ to: '/sign-in', search: { return_to: localPath(href) } });
});

const area = settings.addChildren([
  settingsHome, apiKeys, sessions, security, organisation, people, roles, communities, community, serviceAccounts, serviceAccount, audit,
]); // prettier-ignore

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
  // Data has its own memory, with its own age.
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

/** Loads all pages ahead, so that they open without a network too. */
export function fetchPages(): void {
  for (const { options } of Object.values(router.routesById))
    ahead(Promise.resolve((options.component as { preload?: () => Promise<void> } | undefined)?.preload?.()));
}
