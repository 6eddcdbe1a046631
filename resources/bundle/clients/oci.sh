#!/bin/sh
# One prediction with the OCI command line. Usage: ./oci.sh [endpoint]; a token is taken from SLIPWAY_TOKEN.
# An endpoint of OCI Model Deployment is called the same way. The request is signed with your OCI profile, so that a
# token goes into a header of its own.
endpoint=${1:-http://127.0.0.1:8080}
headers='"content-type": "application/json"'
if [ -n "${SLIPWAY_TOKEN:-}" ]; then
  headers="$headers, \"x-slipway-token\": \"$(printf %s "$SLIPWAY_TOKEN" | sed 's/[\\"]/\\&/g')\""
fi
oci raw-request --http-method POST --target-uri "$endpoint/predict" --request-headers "{$headers}" \
  --request-body {{bodyAsShell}}
