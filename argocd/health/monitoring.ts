/**
 * Managed Service for Prometheus says whether it could use a PodMonitoring or a rule. Where it says nothing, it is off, or has
 * not looked yet: no reason to keep an application from coming up.
 */
export const monitoringHealth = `local hs = { status = "Healthy" }
if obj.status ~= nil and obj.status.conditions ~= nil then
  for _, condition in ipairs(obj.status.conditions) do
    if condition.type == "ConfigurationCreateSuccess" and condition.status == "False" then
      hs.status = "Degraded"
      hs.message = condition.message
    end
  end
end
return hs
`;
