#!/bin/sh
# One prediction with the OCI command line. Usage: ./oci.sh [endpoint]
# An endpoint of OCI Model Deployment is called the same way; there the request is signed with your OCI profile.
endpoint=${1:-http://127.0.0.1:8080}
oci raw-request --http-method POST --target-uri "$endpoint/predict" \
  --request-headers '{"content-type": "application/json"}' --request-body {{bodyAsShell}}
