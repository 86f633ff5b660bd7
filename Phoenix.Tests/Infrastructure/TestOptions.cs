using Phoenix.Local;

namespace Phoenix.Tests.Infrastructure;

internal static class TestOptions
{
    /// <summary>The environment of this process without what configures servers from outside, and with what the test sets.</summary>
    public static InfrastructureOptions In(TestFolder folder, params (string Name, string? Value)[] variables) => new()
    {
        WorkFolder = folder.Path,
        Variable = name =>
            variables.FirstOrDefault(variable => variable.Name == name) is { Name: not null } set ? set.Value
            : name.StartsWith("PHOENIX_", StringComparison.Ordinal) ? null
            : Environment.GetEnvironmentVariable(name),
    };
}
