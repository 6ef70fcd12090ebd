/**
 * Argo CD calls an autoscaler that has no metrics yet Degraded, and one that nobody has looked at yet Progressing. Metrics of a new
 * pod take a minute, and a degraded object ends the sync of the root. The Deployment runs without its autoscaler: nothing has to
 * wait for it, and what lacks metrics is on its way.
 */
export const autoscalerHealth = `local hs = { status = "Healthy", message = "not looked at yet" }
if obj.status ~= nil and obj.status.conditions ~= nil then
  for _, condition in ipairs(obj.status.conditions) do
    if condition.status == "False" and condition.type == "ScalingActive" and condition.reason ~= "ScalingDisabled" then
      hs.status = "Progressing"
      hs.message = condition.message
    end
    if condition.status == "False" and (condition.type == "AbleToScale" or condition.reason == "InvalidSelector") then
      hs.status = "Degraded"
      hs.message = condition.message
      return hs
    end
    if hs.status == "Healthy" and condition.type == "AbleToScale" then
      hs.message = condition.message
    end
  end
end
return hs
`;
