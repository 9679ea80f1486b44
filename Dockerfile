# syntax=docker/dockerfile:1
# The program with the studio, for an outside PostgreSQL. Runs as a user without rights, writes nothing but /tmp.

FROM node:22-bookworm-slim AS node

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
WORKDIR /source
COPY . .
RUN --mount=type=cache,target=/root/.nuget/packages --mount=type=cache,target=/root/.npm infra/publish.sh /publish

# "extra" for the time zones of schedules. There is no shell in it, and its user is app (1654).
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled-extra
WORKDIR /app
COPY --from=build /publish .
USER 1654
ENV HOST=* \
    PORT=8070 \
    ASPNETCORE_HTTP_PORTS= \
    Grpc__Url=http://*:50070 \
    Demo__Enabled=false \
    DOTNET_EnableDiagnostics=0
EXPOSE 8070 50070
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["dotnet", "SaaSFlows.Host.dll", "health"]
ENTRYPOINT ["dotnet", "SaaSFlows.Host.dll"]
