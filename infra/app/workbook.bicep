// One page about orders, targets, retries and costs, in the portal under the workspace of logs.
param location string
param tags object
param logAnalyticsId string

var panels = [
  {
    name: 'orders'
    title: 'Orders by door and outcome'
    visualization: 'barchart'
    query: loadTextContent('../monitor/queries/orders.kql')
  }
  {
    name: 'answers'
    title: 'Orders and answers by hour'
    visualization: 'linechart'
    query: loadTextContent('../monitor/queries/answers.kql')
  }
  {
    name: 'targets'
    title: 'Targets: endings, seconds and polls'
    visualization: 'table'
    query: loadTextContent('../monitor/queries/targets.kql')
  }
  {
    name: 'overdue'
    title: 'Jobs that take longer than expected'
    visualization: 'table'
    query: loadTextContent('../monitor/queries/overdue.kql')
  }
  {
    name: 'silent'
    title: 'Orchestrations that did not move'
    visualization: 'table'
    query: loadTextContent('../monitor/queries/silent.kql')
  }
  {
    name: 'retries'
    title: 'Steps to be tried again'
    visualization: 'barchart'
    query: loadTextContent('../monitor/queries/retries.kql')
  }
  {
    name: 'failures'
    title: 'Errors by function, with their tracebacks'
    visualization: 'table'
    query: loadTextContent('../monitor/queries/failures.kql')
  }
  {
    name: 'costs'
    title: 'Estimated costs by day'
    visualization: 'barchart'
    query: loadTextContent('../monitor/queries/costs.kql')
  }
  {
    name: 'job'
    title: 'One job, step by step'
    visualization: 'table'
    query: replace(loadTextContent('../monitor/queries/job.kql'), 'JOB_ID', '{JobId}')
  }
]
// The kinds of items that a workbook knows: 9 asks for values, 3 shows a query (0 of Log Analytics).
var asked = {
  type: 9
  name: 'asked'
  content: {
    version: 'KqlParameterItem/1.0'
    style: 'pills'
    queryType: 0
    resourceType: 'microsoft.operationalinsights/workspaces'
    parameters: [
      {
        version: 'KqlParameterItem/1.0'
        name: 'TimeRange'
        label: 'Time'
        type: 4
        isRequired: true
        value: {
          durationMs: 604800000
        }
        typeSettings: {
          allowCustom: true
          selectableValues: [
            {
              durationMs: 86400000
            }
            {
              durationMs: 604800000
            }
            {
              durationMs: 2592000000
            }
          ]
        }
      }
      {
        version: 'KqlParameterItem/1.0'
        name: 'JobId'
        label: 'Job'
        type: 1
        value: ''
      }
    ]
  }
}
var shown = [for panel in panels: {
  type: 3
  name: panel.name
  content: {
    version: 'KqlItem/1.0'
    title: panel.title
    query: panel.query
    size: 0
    queryType: 0
    resourceType: 'microsoft.operationalinsights/workspaces'
    timeContextFromParameter: 'TimeRange'
    visualization: panel.visualization
  }
}]

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(logAnalyticsId, 'durable-quantum-jobs')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Durable Quantum Jobs'
    category: 'workbook'
    version: 'Notebook/1.0'
    sourceId: logAnalyticsId
    serializedData: string({
      version: 'Notebook/1.0'
      items: concat([asked], shown)
      fallbackResourceIds: [logAnalyticsId]
    })
  }
}
