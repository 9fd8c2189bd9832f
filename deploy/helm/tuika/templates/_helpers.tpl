{{- define "tuika.name" -}}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{- end }}

{{- define "tuika.labels" -}}
app.kubernetes.io/name: tuika
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "tuika.selector" -}}
app.kubernetes.io/name: tuika
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{- define "tuika.image" -}}{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{- end }}

{{- define "tuika.secret" -}}
{{ required "secretName: make a Secret with the keys that values.yaml lists, and name it" .Values.secretName }}
{{- end }}

{{- /* What every part gets; `own` are the variables that differ. */ -}}
{{- define "tuika.container" -}}
image: {{ include "tuika.image" .root }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
envFrom:
  - secretRef: { name: {{ include "tuika.secret" .root }} }
env:
  - { name: TUIKA_SETTINGS, value: /etc/tuika/tuika.yml }
  - { name: TUIKA_PUBLIC_URL, value: {{ required "publicUrl: where people reach the desk, https://…" .root.Values.publicUrl | quote }} }
  - { name: TUIKA_OBSERVING, value: '{"log_format": "json", "worker_metrics_host": "0.0.0.0", "worker_metrics_port": 9464}' }
  {{- range $name, $value := .own }}
  - { name: {{ $name }}, value: {{ $value | quote }} }
  {{- end }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
volumeMounts:
  - { name: settings, mountPath: /etc/tuika, readOnly: true }
  - { name: evidence, mountPath: /var/lib/tuika }
  - { name: tmp, mountPath: /tmp }
{{- end }}

{{- define "tuika.pod" -}}
securityContext: { runAsNonRoot: true, runAsUser: 10001, fsGroup: 10001, seccompProfile: { type: RuntimeDefault } }
automountServiceAccountToken: false
volumes:
  - { name: settings, configMap: { name: {{ include "tuika.name" .root }}-settings } }
  - name: evidence
    {{- if .shared }}
    persistentVolumeClaim: { claimName: {{ include "tuika.name" .root }}-evidence }
    {{- else }}
    emptyDir: {}
    {{- end }}
  - { name: tmp, emptyDir: {} }
{{- end }}
