@echo off
rem {{command}}: {{purpose}}
rem Runs on the Node of SLIPWAY_NODE, else runtime\node.exe beside this file, else the one on PATH (22.12 or newer).
setlocal
set "HERE=%~dp0"
set "NODE="
if defined SLIPWAY_NODE set "NODE=%SLIPWAY_NODE%"
if not defined NODE if exist "%HERE%runtime\node.exe" set "NODE=%HERE%runtime\node.exe"
if not defined NODE for %%I in (node.exe) do set "NODE=%%~$PATH:I"
if not defined NODE (
  echo {{name}}-{{version}} needs Node 22.12 or newer and found none. Install Node, or name it in SLIPWAY_NODE. 1>&2
  exit /b 1
)
"%NODE%" -e "var v=process.versions.node.split('.');process.exit(v[0]>22||(v[0]==22&&v[1]>=12)?0:1)"
if errorlevel 1 (
  echo %NODE% is no Node 22.12 or newer. Install one, or name it in SLIPWAY_NODE. 1>&2
  exit /b 1
)
"%NODE%" "%HERE%server.mjs" {{command}} %*
exit /b %ERRORLEVEL%
