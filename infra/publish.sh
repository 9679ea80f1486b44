#!/usr/bin/env bash
# Puts what an installation runs into one folder: the program, with the studio in wwwroot. Needs the .NET 10 SDK and Node 20 or newer.
# Usage: infra/publish.sh FOLDER
set -euo pipefail
out=$(realpath -m "${1:?Usage: infra/publish.sh FOLDER}")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
npm run build --workspace studio --loglevel=error
# ReadyToRun compiles ahead for this kind of machine, so that the first requests after a start do not wait for the compiler.
# The framework is compiled already.
dotnet publish src/SaaSFlows.Host -c Release -o "$out" -v quiet --use-current-runtime --self-contained false \
  -p:Checkout=false -p:PublishReadyToRun=true -p:DebugType=none -p:GenerateDocumentationFile=false -p:RunAnalyzers=false
rm -rf "$out/wwwroot"
cp -r studio/dist "$out/wwwroot"
cp LICENSE NOTICE.md "$out"
