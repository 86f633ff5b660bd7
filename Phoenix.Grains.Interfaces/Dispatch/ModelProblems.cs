namespace Phoenix.Dispatch;

internal static class ModelProblems
{
    public static ModelException AsException(IReadOnlyCollection<string> problems) => new(problems.Count == 1
        ? problems.First()
        : $"{problems.Count} mistakes in the domain:{string.Concat(problems.Select(problem => $"{Environment.NewLine}- {problem}"))}");
}
