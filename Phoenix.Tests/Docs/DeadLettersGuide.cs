namespace Phoenix.Tests.Docs;

/// <summary>The snippets of docs/guides/dead-letters.md.</summary>
internal static class DeadLettersGuide
{
    #region replay
    public static async Task<Guid> ReplayAsync(IGrainFactory grains)
    {
        var letters = grains.GetGrain<IDeadLettersGrain>(0);
        var failed = new LetterFilter { Name = "test.fragile", Reason = "handler-failed" };
        return await letters.ReplayMany(failed, atMost: await letters.Count(failed), new("the handler is mended", "ann"));
    }
    #endregion
}
