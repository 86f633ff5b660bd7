using Microsoft.Extensions.Logging;
using Phoenix.Deciding;
using Phoenix.EventStore;
using Phoenix.Messages;
using Xunit;

namespace Phoenix.Tests.Engine;

/// <summary>What callers are told of errors of the log, and what the log is told of errors that nobody expected.</summary>
public sealed class ErrorsTests : ILogger
{
    private readonly List<(LogLevel Level, string Text, Exception? Exception)> _logged = [];

    [Fact]
    public void an_unexpected_error_is_in_the_log_and_travels_without_its_cause()
    {
        var cause = new InvalidOperationException("odd");
        var told = Errors.ForCaller(cause, "shop.account/7", this);

        Assert.IsType<UnavailableException>(told);
        Assert.Null(told.InnerException);
        Assert.Contains("'shop.account/7'", told.Message, StringComparison.Ordinal);
        var (level, text, exception) = Assert.Single(_logged);
        Assert.Equal((LogLevel.Error, cause), (level, exception));
        Assert.Contains("'shop.account/7'", text, StringComparison.Ordinal);
    }

    [Fact]
    public void an_expected_error_is_told_and_not_logged()
    {
        Assert.IsType<OutcomeUnknownException>(Errors.ForCaller(new LogOutcomeUnknownException("who knows"), "shop.account/7", this));
        Assert.IsType<UnavailableException>(Errors.ForCaller(new LogUnavailableException("away"), "shop.account/7", this));
        Assert.Empty(_logged);
    }

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _logged.Add((logLevel, formatter(state, exception), exception));

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;
}
