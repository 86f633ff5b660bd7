namespace Phoenix.Gateway.Errors;

/// <summary>Calls of operators, which a grain may refuse with a sentence for them.</summary>
internal static class OperatorCalls
{
    public static async Task<IResult> AskedAsync(Func<Task<IResult>> ask)
    {
        try
        {
            return await ask();
        }
        catch (InvalidOperationException refused)
        {
            return Problem.Of(StatusCodes.Status409Conflict, "not-possible", refused.Message);
        }
    }
}
