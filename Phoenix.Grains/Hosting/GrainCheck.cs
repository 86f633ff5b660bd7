using Phoenix.Dispatch;

namespace Phoenix.Hosting;

/// <summary>Holds grain classes against the domain: each aggregate has one, and it answers to the aggregate's contract.</summary>
internal static class GrainCheck
{
    /// <exception cref="ModelException">A grain class is missing, doubled, or lacks its contract; the message lists everything
    /// found.</exception>
    public static void Check(DomainModel domain)
    {
        var grains = domain.Assemblies.SelectMany(assembly => assembly.GetTypes()).Where(type => !type.IsAbstract)
            .ToLookup(type => AggregateGrainTypes.AggregateOf(type));
        var problems = domain.Aggregates.Values.Select(model => Problem(model, [.. grains[model.Type]])).OfType<string>().ToList();
        if (problems.Count > 0) throw ModelProblems.AsException(problems);
    }

    private static string? Problem(AggregateModel model, Type[] grains) => grains switch
    {
        [] when model.Saga?.Newest.Type is { } saga => $"{saga} has no grain. Add 'public sealed class {saga.Name}Grain : SagaGrain<{saga.Name}>, {model.Contract.Name};'.",
        [] => $"{model.Type} has no grain. Add 'public sealed class {model.Type.Name}Grain : AggregateGrain<{model.Type.Name}>, {model.Contract.Name};'.",
        [var grain] when !grain.IsAssignableTo(model.Contract) =>
            $"{grain} runs {(model.Saga?.Newest.Type ?? model.Type).Name} and does not implement its contract, so nobody could call it. Add ', {model.Contract.Name}' to the class.",
        [_] => null,
        _ => $"{model.Type} has {grains.Length} grains: {string.Join(" and ", grains.Select(grain => grain.Name))}. Keep one.",
    };
}
