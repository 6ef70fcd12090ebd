/**
 * As Argo CD judges Jobs, but for one that is suspended: the restore Jobs wait for a person, and that is as it should be. Argo CD
 * would call the whole application suspended.
 */
export const jobHealth = `local hs = { status = "Progressing", message = "runs" }
if obj.status ~= nil and obj.status.conditions ~= nil then
  for _, condition in ipairs(obj.status.conditions) do
    if condition.status == "True" and condition.type == "Failed" then
      hs.status = "Degraded"
      hs.message = condition.message
      return hs
    end
    if condition.status == "True" and condition.type == "Complete" then
      hs.status = "Healthy"
      hs.message = condition.message
      return hs
    end
  end
end
if obj.spec.suspend == true then
  hs.status = "Healthy"
  hs.message = "waits until somebody starts it"
end
return hs
`;
