using System.Linq.Expressions;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Phoenix.Model;

namespace Phoenix.Dispatch;

/// <summary>Turns <c>Handle</c>, <c>Apply</c> and <c>Answer</c> methods into delegates, so that a call costs no reflection.</summary>
internal static class HandlerCompiler
{
    public static CommandHandler Command(MethodInfo method)
    {
        var aggregate = Expression.Parameter(typeof(Aggregate));
        var command = Expression.Parameter(typeof(object));
        var context = Expression.Parameter(typeof(CommandContext));
        var services = Expression.Parameter(typeof(IServiceProvider));
        var arguments = method.GetParameters().Select((parameter, index) => index switch
        {
            0 => Expression.Convert(command, parameter.ParameterType),
            _ when parameter.ParameterType == typeof(CommandContext) => context,
            _ when parameter.ParameterType == typeof(CancellationToken) => Expression.Property(context, nameof(CommandContext.Cancellation)),
            _ => (Expression)Expression.Call(
                typeof(ServiceProviderServiceExtensions), nameof(ServiceProviderServiceExtensions.GetRequiredService), [parameter.ParameterType], services),
        });
        var call = Expression.Call(Expression.Convert(aggregate, method.DeclaringType!), method, arguments);
        return Expression.Lambda<CommandHandler>(AsValueTask(call), aggregate, command, context, services).Compile();
    }

    public static QueryHandler Query(MethodInfo method)
    {
        var aggregate = Expression.Parameter(typeof(Aggregate));
        var query = Expression.Parameter(typeof(object));
        var context = Expression.Parameter(typeof(QueryContext));
        var arguments = method.GetParameters().Select((parameter, index) =>
            index == 0 ? (Expression)Expression.Convert(query, parameter.ParameterType) : context);
        var call = Expression.Call(Expression.Convert(aggregate, method.DeclaringType!), method, arguments);
        return Expression.Lambda<QueryHandler>(Expression.Convert(call, typeof(object)), aggregate, query, context).Compile();
    }

    public static EventHandler Event(MethodInfo method)
    {
        var aggregate = Expression.Parameter(typeof(Aggregate));
        var @event = Expression.Parameter(typeof(object));
        var call = Expression.Call(
            Expression.Convert(aggregate, method.DeclaringType!), method, Expression.Convert(@event, method.GetParameters()[0].ParameterType));
        return Expression.Lambda<EventHandler>(call, aggregate, @event).Compile();
    }

    private static Expression AsValueTask(Expression call) => call.Type switch
    {
        var type when type == typeof(ValueTask<Decision>) => call,
        var type when type == typeof(Task<Decision>) => Expression.New(typeof(ValueTask<Decision>).GetConstructor([typeof(Task<Decision>)])!, call),
        _ => Expression.New(typeof(ValueTask<Decision>).GetConstructor([typeof(Decision)])!, call),
    };
}
