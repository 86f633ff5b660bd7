using System.CommandLine;

namespace Phoenix.AppHost.Commands;

/// <summary><c>--silos</c>: how many silo processes the cluster has.</summary>
internal static class SilosOption
{
    public static Option<int> Create()
    {
        var silos = new Option<int>("--silos") { Description = "Silo processes, 1 to 16.", DefaultValueFactory = _ => 1 };
        silos.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 16) result.AddError("--silos is 1 to 16.");
        });
        return silos;
    }
}
