using Phoenix.Gateway.Errors;

namespace Phoenix.Gateway.Calls;

/// <summary>What request headers say about a command.</summary>
internal static class RequestHeader
{
    private const string Tenant = "Phoenix-Tenant";

    /// <summary>The command id; the quotes that structured header fields put around a string are taken off.</summary>
    public static string? IdempotencyKey(HttpRequest request)
    {
        var key = Single(request, "Idempotency-Key");
        return key is ['"', .., '"'] ? key[1..^1] : key;
    }

    /// <summary>Refuses a request for a tenant: it must not reach, or be answered of, an aggregate that is not the tenant's.</summary>
    public static void RefuseTenant(HttpRequest request)
    {
        if (request.Headers.ContainsKey(Tenant))
            throw new BadRequestException($"The header {Tenant} is kept for tenants, which this build does not have. Leave it out.");
    }

    public static string? Single(HttpRequest request, string name) => request.Headers[name] is { Count: <= 1 } values
        ? values.ToString() is { Length: > 0 } value ? value : null
        : throw new BadRequestException($"The header {name} occurs {request.Headers[name].Count} times. Send it once.");

    public static bool Prefers(HttpRequest request, string preference) => request.Headers["Prefer"]
        .SelectMany(line => (line ?? "").Split(','))
        .Any(part => part.Split(';')[0].Trim().Equals(preference, StringComparison.OrdinalIgnoreCase));
}
