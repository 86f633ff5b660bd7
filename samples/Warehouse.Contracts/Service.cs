using Phoenix.Model;

#region service
// Whoever has these contracts and not the rules reaches them at this service.
[assembly: Service("warehouse")]
#endregion
