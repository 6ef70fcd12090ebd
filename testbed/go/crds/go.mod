// Pins the modules whose files are read as data, never compiled: the CRDs of the
// test bed, and the Kubernetes OpenAPI schema of imports/.
module ai-orchestra/testbed/crds

go 1.24

require (
	github.com/argoproj/argo-cd/v3 v3.2.6
	github.com/external-secrets/external-secrets v1.3.2
	github.com/kubernetes-csi/external-snapshotter/client/v8 v8.7.0
	k8s.io/kubernetes v1.35.4
	sigs.k8s.io/gateway-api v1.5.0
)
