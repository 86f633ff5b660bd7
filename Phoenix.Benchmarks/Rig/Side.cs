namespace Phoenix.Benchmarks.Rig;

/// <summary>One side of a measurement: the part that takes the orders, and the parts that serve it.</summary>
/// <param name="Name">Its name in tables and JSON.</param>
/// <param name="What">What it is, in a line.</param>
/// <param name="Driver">The part that takes the orders.</param>
/// <param name="DriverRole">On whose account the driver works.</param>
internal sealed record Side(string Name, string What, PartProcess Driver, Role DriverRole)
{
    /// <summary>The part that does the work, where that is another than the driver.</summary>
    public PartProcess? Server { get; init; }

    /// <summary>Counts the effects found in storage, to be compared with what was acknowledged; null where nothing is stored.</summary>
    public Func<Task<long>>? CountEffectsAsync { get; init; }

    public IEnumerable<int> Processes(Role role)
    {
        if (DriverRole == role) yield return Driver.ProcessId;
        if (role == Role.Silo && Server is not null) yield return Server.ProcessId;
    }
}
